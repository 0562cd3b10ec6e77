//! The class of an enterprise for a year.
//!
//! The law may leave open which emission and which figure decide the class. Then every
//! reading is tried: the class is decided only where all of them agree.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use tanheng_base::{Date, ParameterId, Problem, Text, Year};
use tanheng_quantity::{Decimal, Quantity, Rational};
use tanheng_rulebook::model::ParameterKind;
use tanheng_rulebook::{Calculation, EvalError, Evaluation, Given, ResolveError};

use crate::code;
use crate::figure::{Figure, FigureKind, Figures};
use crate::month::overflow;
use crate::rule_id;
use crate::setting::Setting;
use crate::standing::Standing;

/// A class by the name the rulebook gives it, such as `key`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Class(pub String);

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What was decided about a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ClassOutcome {
    /// Every reading of the law gives this class.
    Decided {
        /// The class.
        class: Class,
    },
    /// The same, on figures or values that are unverified or examples: it decides nothing.
    Trial {
        /// The class.
        class: Class,
    },
    /// Readings give different classes, or a reading waits for a figure.
    Open {
        /// The parameters that the law leaves open.
        parameters: Vec<ParameterId>,
    },
    /// No figure was filed.
    NoFigure,
    /// No rule on classes held in that year and region.
    NoRule,
}

/// One reading of the law and what it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// `direct` or `total`.
    pub boundary: String,
    /// `reported` or `verified`.
    pub figure: String,
    /// The figure it took.
    pub taken: Option<FigureKind>,
    /// The emission that decides under this reading, tCO2e; `None` while there is no such
    /// figure.
    pub emission: Option<Decimal>,
    /// The class under this reading.
    pub class: Option<Class>,
    /// The calculation.
    pub calculation: Option<Calculation>,
}

/// The class of a year with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// What was decided.
    #[serde(flatten)]
    pub outcome: ClassOutcome,
    /// Every reading tried.
    pub readings: Vec<Reading>,
    /// Why, for a reader.
    pub reasons: Vec<Text>,
    /// How far it can be relied on.
    pub standing: Standing,
}

impl Classification {
    /// The class, where it is decided: trial classes and open ones move nothing.
    #[must_use]
    pub fn decided(&self) -> Option<&Class> {
        match &self.outcome {
            ClassOutcome::Decided { class } => Some(class),
            _ => None,
        }
    }
}

/// Classifies an enterprise for a data year, by the rules of its last day.
///
/// # Errors
/// When the rulebook names a reading or a kind of result that this crate does not know, or
/// refuses the figure.
pub fn classify(
    setting: &Setting<'_>,
    year: Year,
    figures: &Figures,
) -> Result<Classification, Vec<Problem>> {
    let at = year.last_day();
    let mut standing = Standing::default();
    let Some((boundary, figure)) = choices(setting, at, &mut standing)? else {
        return Ok(without_class(ClassOutcome::NoRule, no_rule(year)));
    };
    if figures.in_force().is_none() {
        return Ok(without_class(ClassOutcome::NoFigure, no_figure(year)));
    }
    let mut readings = Vec::new();
    let mut reasons = Vec::new();
    for figure_word in &figure.words {
        for boundary_word in &boundary.words {
            let read = read(setting, at, figures, boundary_word, figure_word, &mut standing)?;
            let Some((reading, reason)) = read else {
                return Ok(without_class(ClassOutcome::NoRule, no_rule(year)));
            };
            readings.push(reading);
            reasons.push(reason);
        }
    }
    let first = readings.first().and_then(|reading| reading.class.clone());
    let agreed = first.filter(|class| readings.iter().all(|r| r.class.as_ref() == Some(class)));
    let outcome = match agreed {
        Some(class) if standing.trial => ClassOutcome::Trial { class },
        Some(class) => ClassOutcome::Decided { class },
        None => {
            let open = [(rule_id::class_boundary(), boundary), (rule_id::class_figure(), figure)];
            let open = open.into_iter().filter(|(_, choice)| choice.open);
            ClassOutcome::Open { parameters: open.map(|(id, _)| id).collect() }
        }
    };
    reasons.push(conclusion(&outcome));
    Ok(Classification { outcome, readings, reasons, standing })
}

/// What a choice of the law can be: the word decided, or all words while it is open.
pub(crate) struct Choice {
    pub(crate) words: Vec<String>,
    open: bool,
}

/// Which emission and which figure decide a class; `None` when no rule of that day speaks of it.
pub(crate) fn choices(
    setting: &Setting<'_>,
    at: Date,
    standing: &mut Standing,
) -> Result<Option<(Choice, Choice)>, Vec<Problem>> {
    let boundary = choice(setting, &rule_id::class_boundary(), at, standing)?;
    let figure = choice(setting, &rule_id::class_figure(), at, standing)?;
    Ok(boundary.zip(figure))
}

/// The figures that a word of the law takes, in the order of authority.
pub(crate) fn figure_order(word: &str) -> Result<&'static [FigureKind], Vec<Problem>> {
    match word {
        "reported" => Ok(&[FigureKind::Reported]),
        // What the authority determined replaces what the verifier found.
        "verified" => Ok(&[FigureKind::Determined, FigureKind::Verified]),
        other => Err(vec![unknown_reading(other)]),
    }
}

/// The emission that a word of the law takes.
pub(crate) fn boundary_pick(word: &str) -> Result<fn(&Figure) -> Decimal, Vec<Problem>> {
    match word {
        "direct" => Ok(|figure| figure.direct),
        "total" => Ok(|figure| figure.total),
        other => Err(vec![unknown_reading(other)]),
    }
}

/// `None` when no rule of that day speaks of the choice.
fn choice(
    setting: &Setting<'_>,
    id: &ParameterId,
    at: Date,
    standing: &mut Standing,
) -> Result<Option<Choice>, Vec<Problem>> {
    match setting.rulebook.resolve(id, at, &setting.region) {
        Ok(resolved) => {
            standing.add_value(id.as_str(), &resolved);
            Ok(Some(Choice { words: vec![resolved.value.bare()], open: false }))
        }
        Err(ResolveError::WithoutValue { .. }) => {
            let words = match setting.rulebook.parameter(id).map(|parameter| &parameter.kind) {
                Some(ParameterKind::Choice(words)) => words.clone(),
                _ => Vec::new(),
            };
            Ok(Some(Choice { words, open: true }))
        }
        Err(ResolveError::NoValue { .. }) => Ok(None),
        Err(error) => Err(vec![error.problem()]),
    }
}

/// One reading; `None` when no rule on classes held.
fn read(
    setting: &Setting<'_>,
    at: Date,
    figures: &Figures,
    boundary: &str,
    figure: &str,
    standing: &mut Standing,
) -> Result<Option<(Reading, Text)>, Vec<Problem>> {
    let pick = boundary_pick(boundary)?;
    let taken = figures.first(figure_order(figure)?);
    let mut reading = Reading {
        boundary: boundary.to_owned(),
        figure: figure.to_owned(),
        taken: taken.map(|(kind, _)| kind),
        emission: taken.map(|(_, figure)| pick(figure)),
        class: None,
        calculation: None,
    };
    let words = reading_words(boundary, figure);
    let (Some((_, source)), Some(emission)) = (taken, reading.emission) else {
        let reason = Text::new(
            format!("{}：尚无该数据", words.zh),
            format!("{}: there is no such figure yet", words.en),
        );
        return Ok(Some((reading, reason)));
    };
    let evaluation = match evaluate(setting, at, emission) {
        Ok(evaluation) => evaluation,
        Err(EvalError::NoMethod { .. }) => return Ok(None),
        Err(error) => return Err(error.problems()),
    };
    standing.add(&source.standing);
    standing.add(&Standing::of(&evaluation));
    let class = evaluation.result.bare();
    let label = evaluation.trace.steps.iter().find_map(|step| step.label.clone());
    let label = label.unwrap_or_else(|| Text::new(class.clone(), class.clone()));
    let reason = Text::new(
        format!("{} {emission} tCO2e：{}", words.zh, label.zh),
        format!("{} {emission} tCO2e: {}", words.en, label.en),
    );
    reading.class = Some(Class(class));
    reading.calculation = Some(Calculation::from(&evaluation));
    Ok(Some((reading, reason)))
}

fn evaluate(setting: &Setting<'_>, at: Date, emission: Decimal) -> Result<Evaluation, EvalError> {
    let refuse = || EvalError::Inputs(vec![*overflow()]);
    let value = Rational::try_from(emission).map_err(|_| refuse())?;
    let unit = "tCO2e".parse().map_err(|_| refuse())?;
    let inputs =
        BTreeMap::from([("annual_emission".to_owned(), Given::from(Quantity::new(value, unit)))]);
    setting.rulebook.evaluate(&rule_id::class(), &inputs, &setting.context(at))
}

fn reading_words(boundary: &str, figure: &str) -> Text {
    let (figure_zh, figure_en) = match figure {
        "reported" => ("报告值", "reported figure"),
        _ => ("核查（核定）值", "verified (or determined) figure"),
    };
    let (boundary_zh, boundary_en) = match boundary {
        "direct" => ("直接排放", "direct emission"),
        _ => ("排放总量", "total emission"),
    };
    Text::new(format!("{figure_zh}、{boundary_zh}"), format!("{figure_en}, {boundary_en}"))
}

fn conclusion(outcome: &ClassOutcome) -> Text {
    match outcome {
        ClassOutcome::Decided { .. } => {
            Text::new("各种理解得出同一类别", "every reading gives the same class")
        }
        ClassOutcome::Trial { .. } => Text::new(
            "各种理解得出同一类别，但依据未经核实或属示例，仅为试算",
            "every reading gives the same class, but on unverified or example grounds: a trial only",
        ),
        _ => Text::new(
            "各种理解得出的类别不同，或尚缺数据；在主管部门明确之前不作决定",
            "readings differ or a figure is missing; nothing is decided until the authority says which counts",
        ),
    }
}

fn without_class(outcome: ClassOutcome, reason: Text) -> Classification {
    Classification {
        outcome,
        readings: Vec::new(),
        reasons: vec![reason],
        standing: Standing::default(),
    }
}

fn no_rule(year: Year) -> Text {
    Text::new(
        format!("{year}年没有施行分类规则"),
        format!("no rule on classes was in force in {year}"),
    )
}

fn no_figure(year: Year) -> Text {
    Text::new(format!("{year}年没有排放数据"), format!("there is no figure of {year}"))
}

fn unknown_reading(word: &str) -> Problem {
    Problem::new(
        code::READING_UNKNOWN,
        Text::new(
            format!("规则库给出的理解 `{word}` 无法识别"),
            format!("the rulebook names the reading `{word}`, which is not known"),
        ),
        Text::new("核对规则包", "check the rulebook pack"),
    )
}
