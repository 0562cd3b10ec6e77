//! What an enterprise owes on the emission above its benchmark.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, ParameterId, Problem, Text, Year};
use tanheng_quantity::{Decimal, Quantity, Rational, Rounding, RoundingMode};
use tanheng_rulebook::model::ParameterKind;
use tanheng_rulebook::{Calculation, Given, ResolveError};

use crate::benchmark::{self, Benchmark, Published};
use crate::code;
use crate::figure::{Figure, FigureKind};
use crate::month::overflow;
use crate::rule_id;
use crate::setting::{Setting, number_in};
use crate::standing::Standing;

/// Which duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObligationKind {
    /// Offset of the part above the industry benchmark (145号 二(三)).
    Excess,
}

/// What is owed, or why no tonnes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ObligationOutcome {
    /// Nothing is owed: the rule asks for nothing here.
    NotDue,
    /// These tonnes of CO2 equivalent are owed.
    Due {
        /// tCO2e.
        tonnes: Decimal,
    },
    /// The same, by a rule of which it is in doubt whether it still holds.
    InDoubt {
        /// tCO2e.
        tonnes: Decimal,
    },
    /// A trial on unverified or example grounds: nothing is owed by it.
    Trial {
        /// tCO2e.
        tonnes: Decimal,
    },
    /// 基准值未公布: there is no benchmark, which is neither 0 nor no obligation.
    NoBenchmark,
    /// There are benchmarks, but the enterprise declared no output of their products.
    NoOutput,
    /// The rule asks for a verified figure, and there is none.
    NotVerified,
    /// The law leaves open what would decide.
    Open {
        /// Ids of the parameters and table rows.
        parameters: Vec<String>,
    },
}

/// An obligation with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    /// Which duty.
    pub kind: ObligationKind,
    /// What is owed.
    #[serde(flatten)]
    pub outcome: ObligationOutcome,
    /// Why, for a reader.
    pub reasons: Vec<Text>,
    /// The calculations: benchmarks first.
    pub calculations: Vec<Calculation>,
    /// How far it can be relied on.
    pub standing: Standing,
}

impl Obligation {
    /// Tonnes that are demanded: trial tonnes are not.
    #[must_use]
    pub fn demanded(&self) -> Option<Decimal> {
        match self.outcome {
            ObligationOutcome::Due { tonnes } | ObligationOutcome::InDoubt { tonnes } => {
                Some(tonnes)
            }
            ObligationOutcome::NotDue => Some(Decimal::ZERO),
            _ => None,
        }
    }
}

/// The obligation of a data year on the emission above the benchmark, by the rules of its
/// last day. `outputs` are the year's outputs by product, `listed` says whether the
/// enterprise stood on the list of the national market.
///
/// The first of these that holds decides: the rule did not hold; the figure is not verified;
/// the relation to the national market (for listed enterprises) frees it or is open; no
/// benchmark; no output; the yearly plan or the form of benchmarks is open; else tonnes.
///
/// # Errors
/// When the rulebook refuses an input or names a reading that is not known.
pub fn obligation(
    setting: &Setting<'_>,
    year: Year,
    figure: (FigureKind, &Figure),
    outputs: &BTreeMap<String, Quantity>,
    listed: bool,
) -> Result<Obligation, Vec<Problem>> {
    let mut case = Case::new(setting, year);
    let outcome = case.decide(year, figure, outputs, listed)?;
    let Case { reasons, calculations, standing, .. } = case;
    Ok(Obligation { kind: ObligationKind::Excess, outcome, reasons, calculations, standing })
}

struct Case<'a> {
    setting: &'a Setting<'a>,
    at: Date,
    reasons: Vec<Text>,
    calculations: Vec<Calculation>,
    standing: Standing,
}

/// What is known before any number is looked at.
pub(crate) enum Prepared {
    /// No tonnes are to be computed.
    Decided(ObligationOutcome),
    /// Tonnes follow from the emission inside this boundary and these benchmarks.
    Ready {
        /// Which emission is compared.
        boundary: Choice,
        /// What it is compared with.
        published: Published,
    },
}

/// [`obligation`] up to where numbers are needed: the same for all enterprises that are alike
/// in industry, region, listing and what they produce.
pub(crate) fn prepare(
    setting: &Setting<'_>,
    year: Year,
    kind: FigureKind,
    outputs: &BTreeMap<String, Quantity>,
    listed: bool,
) -> Result<Prepared, Vec<Problem>> {
    Case::new(setting, year).prepare(year, kind, outputs, listed)
}

/// How obligations of a year become whole units; `None` while no plan says so.
pub(crate) fn rounding_of(
    setting: &Setting<'_>,
    year: Year,
) -> Result<Option<Rounding>, Vec<Problem>> {
    Ok(Case::new(setting, year).rounding()?.map(|(rounding, _)| rounding))
}

impl<'a> Case<'a> {
    fn new(setting: &'a Setting<'a>, year: Year) -> Self {
        Case {
            setting,
            at: year.last_day(),
            reasons: Vec::new(),
            calculations: Vec::new(),
            standing: Standing::default(),
        }
    }
}

impl Case<'_> {
    fn decide(
        &mut self,
        year: Year,
        (kind, figure): (FigureKind, &Figure),
        outputs: &BTreeMap<String, Quantity>,
        listed: bool,
    ) -> Result<ObligationOutcome, Vec<Problem>> {
        match self.prepare(year, kind, outputs, listed)? {
            Prepared::Decided(outcome) => Ok(outcome),
            Prepared::Ready { boundary, published } => {
                let verified = boundary.pick(figure)?;
                self.standing.add(&figure.standing);
                self.tonnes(verified, &published)
            }
        }
    }

    fn prepare(
        &mut self,
        year: Year,
        kind: FigureKind,
        outputs: &BTreeMap<String, Quantity>,
        listed: bool,
    ) -> Result<Prepared, Vec<Problem>> {
        let decided = |outcome| Ok(Prepared::Decided(outcome));
        let book = self.setting.rulebook;
        if book.method(&rule_id::offset_excess(), self.at, &self.setting.region).is_none() {
            self.say(
                format!("{year}年末抵销规则尚未施行"),
                format!("the offset rule was not in force at the end of {year}"),
            );
            return decided(ObligationOutcome::NotDue);
        }
        if kind < FigureKind::Verified {
            let title = kind.title();
            self.say(
                format!("只有{}，规则要求年度核查排放量", title.zh),
                format!("there is only a {}, the rule asks for the verified emission", title.en),
            );
            return decided(ObligationOutcome::NotVerified);
        }
        if let Some(outcome) = self.national(listed)? {
            return decided(outcome);
        }
        let form = self.choice(&rule_id::benchmark_form())?;
        let boundary = self.choice(&rule_id::offset_boundary())?;
        let open = self.open_choices(&[&form, &boundary])?;
        match benchmark::find(self.setting, self.at, outputs, &form.words)? {
            Benchmark::Unpublished { reasons } => {
                self.say("基准值未公布，不产生吨数", "no benchmark is published, no tonnes follow");
                self.reasons.extend(reasons);
                decided(ObligationOutcome::NoBenchmark)
            }
            Benchmark::NoOutput { products } => {
                let list = |pick: fn(&Text) -> &str, joint| {
                    products.iter().map(pick).collect::<Vec<&str>>().join(joint)
                };
                self.say(
                    format!("没有填报有基准值的产品产量：{}", list(|t| &t.zh, "、")),
                    format!(
                        "no output of a product with a benchmark is declared: {}",
                        list(|t| &t.en, ", ")
                    ),
                );
                decided(ObligationOutcome::NoOutput)
            }
            Benchmark::Published(_) if !open.is_empty() => {
                self.say_open(&open);
                decided(ObligationOutcome::Open { parameters: open })
            }
            Benchmark::Published(published) => Ok(Prepared::Ready { boundary, published }),
        }
    }

    /// Says what the law leaves open.
    fn say_open(&mut self, open: &[String]) {
        let titles: Vec<Text> = open
            .iter()
            .map(|id| id.parse().map_or_else(|_| Text::new(id, id), |id| self.title(&id)))
            .collect();
        let list = |pick: fn(&Text) -> &str, joint: &str| {
            titles.iter().map(pick).collect::<Vec<_>>().join(joint)
        };
        self.say(
            format!("法规留待明确：{}", list(|t| &t.zh, "、")),
            format!("the law leaves open: {}", list(|t| &t.en, ", ")),
        );
    }

    /// What the law leaves open of what the tonnes hang on: these choices, the yearly plan
    /// and the data year that it names.
    fn open_choices(&mut self, asked: &[&Choice]) -> Result<Vec<String>, Vec<Problem>> {
        let open = asked.iter().filter_map(|choice| choice.open.as_ref());
        let mut open: Vec<String> = open.map(ParameterId::to_string).collect();
        for id in [rule_id::offset_plan(), rule_id::offset_reference_year()] {
            let choice = self.choice(&id)?;
            match (&choice.open, choice.words.first()) {
                (None, Some(word)) => self.say(format!("{id}：{word}"), format!("{id}: {word}")),
                _ => open.push(id.to_string()),
            }
        }
        Ok(open)
    }

    /// What a parameter is called.
    fn title(&self, id: &ParameterId) -> Text {
        let parameter = self.setting.rulebook.parameter(id);
        parameter.map_or_else(|| Text::new(id.as_str(), id.as_str()), |p| p.title.clone())
    }

    fn say(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.reasons.push(Text::new(zh, en));
    }

    /// What follows from standing on the national list; `None` when the duty is to be
    /// computed.
    fn national(&mut self, listed: bool) -> Result<Option<ObligationOutcome>, Vec<Problem>> {
        if !listed {
            return Ok(None);
        }
        let (table, industry) = (rule_id::national_relation(), self.setting.industry.to_string());
        let name = format!("{table}({industry})");
        let keys = [industry];
        let region = &self.setting.region;
        let found = self.setting.rulebook.lookup(&table, "relation", &keys, self.at, region);
        let word = match found {
            Ok(found) => {
                self.standing.add_value(&name, &found);
                found.value.bare()
            }
            Err(ResolveError::WithoutValue { .. } | ResolveError::NoRow { .. }) => {
                self.say(
                    "已纳入全国碳市场，省级抵销义务与全国碳市场的关系未明确，不要求吨数",
                    "listed in the national market, and how the offset relates to it is open: no tonnes are demanded",
                );
                return Ok(Some(ObligationOutcome::Open { parameters: vec![name] }));
            }
            Err(error) => return Err(vec![error.problem()]),
        };
        match word.as_str() {
            "not_covered" | "offset_applies" => Ok(None),
            "offset_falls_away" => {
                self.say(
                    "已纳入全国碳市场，不承担省级抵销义务",
                    "listed in the national market, so the offset is not owed",
                );
                Ok(Some(ObligationOutcome::NotDue))
            }
            other => Err(vec![unknown(other)]),
        }
    }

    /// A choice of the law; while it is open, all its words.
    fn choice(&mut self, id: &ParameterId) -> Result<Choice, Vec<Problem>> {
        match self.setting.rulebook.resolve(id, self.at, &self.setting.region) {
            Ok(found) => {
                self.standing.add_value(id.as_str(), &found);
                Ok(Choice { words: vec![found.value.bare()], open: None })
            }
            Err(ResolveError::WithoutValue { .. } | ResolveError::NoValue { .. }) => {
                let words = match self.setting.rulebook.parameter(id).map(|p| &p.kind) {
                    Some(ParameterKind::Choice(words)) => words.clone(),
                    _ => Vec::new(),
                };
                Ok(Choice { words, open: Some(id.clone()) })
            }
            Err(error) => Err(vec![error.problem()]),
        }
    }

    fn tonnes(
        &mut self,
        verified: Decimal,
        published: &Published,
    ) -> Result<ObligationOutcome, Vec<Problem>> {
        let computed = published.compute(self.setting, self.at, &mut self.standing)?;
        self.reasons.extend(computed.reasons);
        self.calculations.extend(computed.calculations);
        let value = Rational::try_from(verified).map_err(|_| vec![*overflow()])?;
        let unit = "tCO2e".parse().map_err(|_| vec![*overflow()])?;
        let inputs = BTreeMap::from([
            ("verified".to_owned(), Given::from(Quantity::new(value, unit))),
            ("benchmark".to_owned(), Given::from(computed.emission)),
        ]);
        let method = rule_id::offset_excess();
        let evaluation = self
            .setting
            .rulebook
            .evaluate(&method, &inputs, &self.setting.context(self.at))
            .map_err(|error| error.problems())?;
        self.standing.add(&Standing::of(&evaluation));
        self.calculations.push(Calculation::from(&evaluation));
        let exact = number_in(&evaluation, "tCO2e").map_err(|problem| vec![*problem])?;
        let tonnes = self.rounded(exact)?;
        self.say(
            format!("核查排放量 {verified} tCO2e，抵销义务 {tonnes} tCO2e"),
            format!("verified emission {verified} tCO2e, offset obligation {tonnes} tCO2e"),
        );
        if self.standing.trial {
            self.say(
                "依据未经核实或属示例，仅为试算",
                "on unverified or example grounds: a trial only",
            );
            return Ok(ObligationOutcome::Trial { tonnes });
        }
        if tonnes.is_zero() {
            return Ok(ObligationOutcome::NotDue);
        }
        if self.standing.in_doubt.is_empty() {
            return Ok(ObligationOutcome::Due { tonnes });
        }
        self.say("所据规则是否仍然有效存疑", "it is in doubt whether the rule still holds");
        Ok(ObligationOutcome::InDoubt { tonnes })
    }

    /// Whole units where the yearly plan orders them; else the exact amount.
    fn rounded(&mut self, exact: Decimal) -> Result<Decimal, Vec<Problem>> {
        let Some((rounding, word)) = self.rounding()? else { return Ok(exact) };
        let whole = round_to(exact, rounding)?;
        let title = self.title(&rule_id::offset_rounding());
        self.say(
            format!("{}：{word}，{exact} → {whole}", title.zh),
            format!("{}: {word}, {exact} → {whole}", title.en),
        );
        Ok(whole)
    }

    /// How the exact amount becomes whole units, and the word for it; `None` where it does not.
    fn rounding(&mut self) -> Result<Option<(Rounding, String)>, Vec<Problem>> {
        let choice = self.choice(&rule_id::offset_rounding())?;
        let (None, Some(word)) = (&choice.open, choice.words.first()) else { return Ok(None) };
        if word == "none" {
            return Ok(None);
        }
        let mode: RoundingMode = word.parse().map_err(|_| vec![unknown(word)])?;
        Ok(Some((Rounding::new(0, mode), word.clone())))
    }
}

/// An amount at a rounding point.
pub(crate) fn round_to(exact: Decimal, rounding: Rounding) -> Result<Decimal, Vec<Problem>> {
    let value = Rational::try_from(exact).map_err(|_| vec![*overflow()])?;
    value.round(rounding).map_err(|_| vec![*overflow()])
}

/// A choice of the law.
pub(crate) struct Choice {
    words: Vec<String>,
    open: Option<ParameterId>,
}

impl Choice {
    /// The word that is decided, or the first while it is open.
    pub(crate) fn word(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The emission of a figure inside this boundary.
    pub(crate) fn pick(&self, figure: &Figure) -> Result<Decimal, Vec<Problem>> {
        match self.word() {
            "direct" => Ok(figure.direct),
            "total" => Ok(figure.total),
            other => Err(vec![unknown(other)]),
        }
    }
}

fn unknown(word: &str) -> Problem {
    Problem::new(
        code::READING_UNKNOWN,
        Text::new(
            format!("规则库给出的 `{word}` 无法识别"),
            format!("the rulebook says `{word}`, which is not known"),
        ),
        Text::new("核对规则包", "check the rulebook pack"),
    )
}
