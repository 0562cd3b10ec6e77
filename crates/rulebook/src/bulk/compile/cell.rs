//! Cells of tables: each set of keys is looked up once, however many records have it.

use tanheng_quantity::{Rational, Unit};

use super::{Compiler, Target, number};
use crate::bulk::build::common_multiple;
use crate::bulk::node::{Doubt, Node, Number, Truth, Whole, Word};
use crate::bulk::program::Note;
use crate::lang::Expr;
use crate::value::Value;

/// More sets of keys than this are left to the single path.
pub(super) const MOST_KEYS: usize = 1 << 16;

/// What stands at each set of keys: a value and its basis.
type Found = Vec<Option<(Value, usize)>>;

impl Compiler<'_, '_> {
    pub(super) fn cell(
        &mut self,
        table: &str,
        column: &str,
        keys: &[Expr],
        target: Target<'_>,
    ) -> Result<Node, Doubt> {
        let mut sets: Vec<Vec<String>> = vec![Vec::new()];
        let mut at: Option<Whole> = None;
        let units = self.common.parts.key_units(table).ok_or(Doubt)?;
        for (index, key) in keys.iter().enumerate() {
            let mut key = self.expr(key, target)?;
            if let (Node::Number(number), Some(Some(unit))) = (&key, units.get(index)) {
                key = Node::Number(number::converted(number.clone(), unit)?);
            }
            let (texts, position) = self.key(&key)?;
            if sets.len().saturating_mul(texts.len()) > MOST_KEYS {
                return Err(Doubt);
            }
            at = match (at, position) {
                (Some(before), Some(own)) => {
                    let size = i128::try_from(texts.len()).map_err(|_| Doubt)?;
                    let before = self.build.scaled(before, size)?;
                    Some(self.build.sum(before, own)?)
                }
                (one, None) | (None, one) => one,
            };
            let longer = |set: &Vec<String>| {
                let set = set.clone();
                let with = move |text: &String| [set.clone(), vec![text.clone()]].concat();
                texts.iter().map(with).collect::<Vec<_>>()
            };
            sets = sets.iter().flat_map(longer).collect();
        }
        let found: Found = sets.iter().map(|keys| self.common.cell(table, column, keys)).collect();
        match at {
            None => {
                let (value, basis) = found.into_iter().next().flatten().ok_or(Doubt)?;
                self.note_known(basis);
                Ok(self.value(&value))
            }
            Some(at) => self.cells(at, found),
        }
    }

    /// The texts a key can be, and the position of a record's own among them.
    fn key(&mut self, key: &Node) -> Result<(Vec<String>, Option<Whole>), Doubt> {
        match key {
            Node::Text(word) => {
                let text = |value: &i64| self.common.words.text(*value).map(str::to_owned);
                let texts = word.domain.iter().map(text).collect::<Option<_>>().ok_or(Doubt)?;
                Ok((texts, self.position(word)?))
            }
            Node::Year(word) => {
                let texts = word.domain.iter().map(ToString::to_string).collect();
                Ok((texts, self.position(word)?))
            }
            Node::Number(number) if number.is_constant() => {
                Ok((vec![number.factor.to_string()], None))
            }
            _ => Err(Doubt),
        }
    }

    fn cells(&mut self, at: Whole, mut found: Found) -> Result<Node, Doubt> {
        let unit = found.iter().flatten().find_map(|(value, _)| Some(value.number()?.unit.clone()));
        if let Some(unit) = &unit {
            found.iter_mut().for_each(|own| {
                if !own.as_ref().is_some_and(|(value, _)| is_in(value, unit)) {
                    *own = None;
                }
            });
        }
        let missing: Vec<bool> = found.iter().map(Option::is_none).collect();
        let missing = self.build.listed_truth(at.place, &missing)?;
        if missing == Truth::Known(true) {
            return Err(Doubt);
        }
        self.fault(missing)?;
        let mask = match self.active {
            Truth::Mask(mask) => Some(mask),
            Truth::Known(_) => None,
        };
        let bases = found.iter().map(|own| own.as_ref().map(|(_, basis)| *basis)).collect();
        self.build.notes.push(Note::Each { at: at.place, bases, mask });
        match unit {
            Some(unit) => self.cells_of_numbers(at, &found, unit).map(Node::Number),
            None => self.cells_of_texts(at, &found).map(Node::Text),
        }
    }

    fn cells_of_numbers(&mut self, at: Whole, found: &Found, unit: Unit) -> Result<Number, Doubt> {
        let values: Vec<Option<Rational>> = found
            .iter()
            .map(|own| own.as_ref().and_then(|(value, _)| Some(value.number()?.value)))
            .collect();
        let mut denominator = 1;
        for value in values.iter().flatten() {
            denominator = common_multiple(denominator, value.denominator())?;
        }
        let mut tops = Vec::new();
        for value in values {
            let Some(value) = value else {
                tops.push(None);
                continue;
            };
            let top = value.numerator().checked_mul(denominator / value.denominator());
            tops.push(Some(top.ok_or(Doubt)?));
        }
        // Where there is no value stands another one, which the single path replaces.
        let filler = tops.iter().flatten().copied().next().ok_or(Doubt)?;
        let tops: Vec<i128> = tops.into_iter().map(|top| top.unwrap_or(filler)).collect();
        let top = self.build.listed(at.place, &tops)?;
        let factor = Rational::new(1, denominator).map_err(|_| Doubt)?;
        Number { factor, top: Some(top), bottom: None, unit }.proved()
    }

    fn cells_of_texts(&mut self, at: Whole, found: &Found) -> Result<Word, Doubt> {
        let mut numbers = Vec::new();
        for own in found {
            let text = own.as_ref().and_then(|(value, _)| value.text());
            numbers.push(text.map(|text| self.common.words.number(text)));
        }
        let domain: Vec<i64> = numbers.iter().flatten().copied().collect();
        let filler = *domain.first().ok_or(Doubt)?;
        let list: Vec<i128> =
            numbers.into_iter().map(|number| number.unwrap_or(filler).into()).collect();
        let top = self.build.listed(at.place, &list)?;
        Ok(Word::at(top.place, domain))
    }
}

/// A number in this unit, or one that differs from it only in its writing.
fn is_in(value: &Value, unit: &Unit) -> bool {
    let factor = value.number().and_then(|quantity| quantity.unit.factor_to(unit).ok());
    factor == Some(Rational::ONE)
}
