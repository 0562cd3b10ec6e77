//! Choices, truth, days and years of columns; branches.

use super::{Compiler, Target, number};
use crate::bulk::node::{Doubt, Held, Node, Number, Span, Truth, Whole, Word};
use crate::bulk::program::{Order, Place};
use crate::lang::{BinaryOp, Expr, MatchArm};

impl Compiler<'_, '_> {
    /// A word as a block.
    pub(super) fn whole(&mut self, word: &Word) -> Result<Whole, Doubt> {
        match word.held {
            Held::Known(value) => Ok(self.build.constant(value.into())),
            Held::At(place) => {
                let span = Span::of(word.domain.iter().map(|value| i128::from(*value)));
                Ok(Whole { place, span: span.ok_or(Doubt)? })
            }
        }
    }

    pub(super) fn comparison(
        &mut self,
        op: BinaryOp,
        left: Node,
        right: Node,
    ) -> Result<Truth, Doubt> {
        let (order, turned, negated) = match op {
            BinaryOp::Equal => (Order::Equal, false, false),
            BinaryOp::NotEqual => (Order::Equal, false, true),
            BinaryOp::Less => (Order::Less, false, false),
            BinaryOp::LessOrEqual => (Order::LessOrEqual, false, false),
            BinaryOp::Greater => (Order::Less, true, false),
            _ => (Order::LessOrEqual, true, false),
        };
        let truth = match (left, right) {
            (Node::Number(a), Node::Number(b)) => {
                let b = number::converted(b, &a.unit)?;
                self.numbers(order, turned, a, b)?
            }
            (Node::Year(year), Node::Number(b)) => {
                let year = self.whole(&year)?;
                let year = self.year_number(year, &b.unit);
                self.numbers(order, turned, year, b)?
            }
            (Node::Number(a), Node::Year(year)) => {
                let year = self.whole(&year)?;
                let year = self.year_number(year, &a.unit);
                self.numbers(order, turned, a, year)?
            }
            (Node::Date(a), Node::Date(b)) | (Node::Year(a), Node::Year(b)) => {
                self.words(order, turned, &a, &b)?
            }
            (Node::Text(a), Node::Text(b)) if order == Order::Equal => {
                self.words(order, turned, &a, &b)?
            }
            (Node::Bool(a), Node::Bool(b)) if order == Order::Equal => {
                let differ = self.build.differ(a, b)?;
                self.build.not(differ)?
            }
            _ => return Err(Doubt),
        };
        if negated { self.build.not(truth) } else { Ok(truth) }
    }

    fn numbers(
        &mut self,
        order: Order,
        turned: bool,
        a: Number,
        b: Number,
    ) -> Result<Truth, Doubt> {
        if turned { self.ordered(order, b, a) } else { self.ordered(order, a, b) }
    }

    fn words(&mut self, order: Order, turned: bool, a: &Word, b: &Word) -> Result<Truth, Doubt> {
        let (a, b) = if turned { (b, a) } else { (a, b) };
        if let (Held::Known(a), Held::Known(b)) = (a.held, b.held) {
            return Ok(Truth::Known(match order {
                Order::Equal => a == b,
                Order::Less => a < b,
                Order::LessOrEqual => a <= b,
            }));
        }
        let (a, b) = (self.whole(a)?, self.whole(b)?);
        self.build.compare(order, a, b)
    }

    pub(super) fn matching(
        &mut self,
        subject: &Expr,
        arms: &[MatchArm],
        target: Target<'_>,
    ) -> Result<Node, Doubt> {
        let Node::Text(subject) = self.expr(subject, target)? else { return Err(Doubt) };
        let taken: Vec<Option<usize>> = subject
            .domain
            .iter()
            .map(|value| {
                let text = self.common.words.text(*value)?;
                arms.iter().position(|arm| {
                    arm.choices.is_empty() || arm.choices.iter().any(|(choice, _)| choice == text)
                })
            })
            .collect();
        let missing = self.among(&subject, &taken, |arm| arm.is_none())?;
        self.fault(missing)?;
        let mut made = Vec::new();
        for (index, arm) in arms.iter().enumerate() {
            let when = self.among(&subject, &taken, |arm| arm == Some(index))?;
            if when != Truth::Known(false) {
                made.push((when, self.within(when, |own| own.expr(&arm.body, target))));
            }
        }
        self.branches(made)
    }

    /// Whether a word is one of those of its domain for which something holds.
    pub(super) fn among<T: Copy>(
        &mut self,
        word: &Word,
        marks: &[T],
        holds: impl Fn(T) -> bool,
    ) -> Result<Truth, Doubt> {
        let truths: Vec<bool> = marks.iter().map(|mark| holds(*mark)).collect();
        match self.position(word)? {
            None => Ok(Truth::Known(truths.first().copied().unwrap_or(false))),
            Some(at) => self.build.listed_truth(at.place, &truths),
        }
    }

    /// The position of a word in its domain; none where it is known.
    pub(super) fn position(&mut self, word: &Word) -> Result<Option<Whole>, Doubt> {
        let (Held::At(place), Some(first), Some(last)) =
            (word.held, word.domain.first(), word.domain.last())
        else {
            return Ok(None);
        };
        let gaps = last.checked_sub(*first).ok_or(Doubt)?;
        let gaps = usize::try_from(gaps).ok().filter(|gaps| *gaps <= super::cell::MOST_KEYS);
        let mut list = vec![0i128; gaps.ok_or(Doubt)? + 1];
        for (position, value) in word.domain.iter().enumerate() {
            let at = usize::try_from(value - first).map_err(|_| Doubt)?;
            list[at] = i128::try_from(position).map_err(|_| Doubt)?;
        }
        let mut own = self.whole(&Word { held: Held::At(place), domain: word.domain.clone() })?;
        if *first != 0 {
            let less = self.build.constant(-i128::from(*first));
            own = self.build.sum(own, less)?;
        }
        let dense =
            list.iter().enumerate().all(|(at, position)| i128::try_from(at) == Ok(*position));
        if dense { Ok(Some(own)) } else { self.build.listed(own.place, &list).map(Some) }
    }

    /// What the branches yield, each for the records of its mask; a branch that cannot be proved
    /// sends its records to the single path.
    pub(super) fn branches(
        &mut self,
        arms: Vec<(Truth, Result<Node, Doubt>)>,
    ) -> Result<Node, Doubt> {
        let mut made = Vec::new();
        for (when, arm) in arms {
            match arm {
                Ok(node) => made.push((when, node)),
                Err(Doubt) => self.fault(when)?,
            }
        }
        let (masks, nodes): (Vec<Truth>, Vec<Node>) = made.into_iter().unzip();
        match nodes.first().ok_or(Doubt)? {
            Node::Number(_) => {
                let numbers = every(nodes, |node| match node {
                    Node::Number(number) => Some(number),
                    _ => None,
                })?;
                let arms = masks.into_iter().zip(numbers).collect();
                self.chosen_number(arms).map(Node::Number)
            }
            Node::Bool(_) => {
                let truths = every(nodes, |node| match node {
                    Node::Bool(truth) => Some(truth),
                    _ => None,
                })?;
                self.chosen_truth(&masks, &truths).map(Node::Bool)
            }
            Node::Text(_) => {
                let words = every(nodes, |node| match node {
                    Node::Text(word) => Some(word),
                    _ => None,
                })?;
                self.chosen_word(&masks, &words).map(Node::Text)
            }
            Node::Date(_) => {
                let words = every(nodes, |node| match node {
                    Node::Date(word) => Some(word),
                    _ => None,
                })?;
                self.chosen_word(&masks, &words).map(Node::Date)
            }
            Node::Year(_) => {
                let words = every(nodes, |node| match node {
                    Node::Year(word) => Some(word),
                    _ => None,
                })?;
                self.chosen_word(&masks, &words).map(Node::Year)
            }
        }
    }

    fn chosen_word(&mut self, masks: &[Truth], words: &[Word]) -> Result<Word, Doubt> {
        if let [only] = words {
            return Ok(only.clone());
        }
        let wholes: Vec<Whole> =
            words.iter().map(|word| self.whole(word)).collect::<Result<_, _>>()?;
        let place: Place = self.chosen(masks, &wholes)?.place;
        Ok(Word::at(place, words.iter().flat_map(|word| word.domain.clone()).collect()))
    }

    fn chosen_truth(&mut self, masks: &[Truth], truths: &[Truth]) -> Result<Truth, Doubt> {
        let mut chosen = *truths.last().ok_or(Doubt)?;
        for (mask, truth) in masks.iter().zip(truths).rev().skip(1) {
            let own = self.build.both(*mask, *truth)?;
            let other = self.build.not(*mask)?;
            let other = self.build.both(other, chosen)?;
            chosen = self.build.either(own, other)?;
        }
        Ok(chosen)
    }
}

/// All nodes as what they must be.
fn every<T>(nodes: Vec<Node>, as_one: impl Fn(Node) -> Option<T>) -> Result<Vec<T>, Doubt> {
    nodes.into_iter().map(as_one).collect::<Option<_>>().ok_or(Doubt)
}
