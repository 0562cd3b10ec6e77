//! Versions of a filing, and what an accepted one changes.
//!
//! One [`History`] holds all versions that one enterprise filed for one form and period.
//! Submitted means frozen: a correction is a new version. Consequences follow from the
//! difference to the version in force before, by the one function [`consequence`], so that
//! their sum always is the obligation of the version in force now, whatever was drafted,
//! withdrawn, rejected or accepted in between.
//!
//! ```text
//!            draft ──submit──► submitted ──accept──► accepted ──(a later one)──► replaced
//!              │                 │    │                 │  ▲                        │
//!              └──withdraw──►────┘    └─reject─► rejected  └──(the later one revoked)─┘
//!                 withdrawn                             └──revoke──► revoked ◄──revoke──┘
//! ```
//!
//! When the authority revokes the version in force, the latest accepted version before it
//! that was not itself revoked is in force again, or none.

use std::fmt;

use serde::{Deserialize, Serialize};
use tanheng_base::{Problem, Text};
use tanheng_quantity::{Decimal, NumberError};

use crate::class::Class;
use crate::code;

/// Number of a version within its filing, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionNumber(pub u32);

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Being written; nobody but its author sees it.
    Draft,
    /// Filed and frozen, not yet decided.
    Submitted,
    /// Taken back by the enterprise.
    Withdrawn,
    /// Returned by the authority.
    Rejected,
    /// Accepted and in force: at most one version is.
    Accepted,
    /// Accepted once, and replaced by a later accepted version.
    Replaced,
    /// Acceptance taken back by the authority.
    Revoked,
}

impl State {
    /// What a reader calls it.
    #[must_use]
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::Draft => ("草稿", "draft"),
            Self::Submitted => ("已提交", "submitted"),
            Self::Withdrawn => ("已撤回", "withdrawn"),
            Self::Rejected => ("已退回", "rejected"),
            Self::Accepted => ("已受理生效", "accepted"),
            Self::Replaced => ("已被替代", "replaced"),
            Self::Revoked => ("已撤销受理", "revoked"),
        };
        Text::new(zh, en)
    }
}

/// What an accepted version says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The version.
    pub version: VersionNumber,
    /// Emission of the period, tCO2e.
    pub emission: Decimal,
    /// Obligation, tCO2e; `None` where its outcome has no tonnes, which is not 0.
    pub obligation: Option<Decimal>,
    /// Class, where one was decided.
    pub class: Option<Class>,
}

/// The difference that a change of the version in force makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// The version in force before.
    pub from: Option<VersionNumber>,
    /// The version in force now.
    pub to: Option<VersionNumber>,
    /// Change of the emission, tCO2e.
    pub emission_delta: Decimal,
    /// Change of the obligation, tCO2e; `None` where neither side has tonnes.
    pub obligation_delta: Option<Decimal>,
    /// Class before.
    pub class_from: Option<Class>,
    /// Class now.
    pub class_to: Option<Class>,
}

/// The difference between the version in force before and the one in force now; no version
/// counts as nothing declared.
///
/// # Errors
/// When a difference does not fit 128 bits.
pub fn consequence(
    before: Option<&Accepted>,
    now: Option<&Accepted>,
) -> Result<Consequence, NumberError> {
    let emission = |side: Option<&Accepted>| side.map_or(Decimal::ZERO, |a| a.emission);
    let obligation = |side: Option<&Accepted>| side.and_then(|a| a.obligation);
    let obligation_delta = match (obligation(before), obligation(now)) {
        (None, None) => None,
        (old, new) => Some(new.unwrap_or(Decimal::ZERO).checked_sub(old.unwrap_or(Decimal::ZERO))?),
    };
    Ok(Consequence {
        from: before.map(|side| side.version),
        to: now.map(|side| side.version),
        emission_delta: emission(now).checked_sub(emission(before))?,
        obligation_delta,
        class_from: before.and_then(|side| side.class.clone()),
        class_to: now.and_then(|side| side.class.clone()),
    })
}

/// Something done to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The enterprise begins the first version, or a new one after all earlier ones were
    /// withdrawn, rejected or revoked.
    Draft,
    /// The enterprise begins a new version that corrects a submitted or accepted one.
    Correct {
        /// The version it corrects.
        of: VersionNumber,
    },
    /// The enterprise files a draft.
    Submit {
        /// The version.
        version: VersionNumber,
    },
    /// The enterprise drops a draft or takes a submitted version back.
    Withdraw {
        /// The version.
        version: VersionNumber,
    },
    /// The authority returns a submitted version.
    Reject {
        /// The version.
        version: VersionNumber,
    },
    /// The authority accepts a submitted version.
    Accept {
        /// What it says.
        accepted: Accepted,
    },
    /// The authority takes an acceptance back.
    Revoke {
        /// The version.
        version: VersionNumber,
    },
}

/// One version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number.
    pub number: VersionNumber,
    /// Where it stands.
    pub state: State,
    /// The version it corrects.
    pub corrects: Option<VersionNumber>,
    /// What it says, once it was accepted.
    pub accepted: Option<Accepted>,
}

/// All versions of one filing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct History {
    versions: Vec<Version>,
}

impl History {
    /// All versions, in order.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// A version.
    #[must_use]
    pub fn version(&self, number: VersionNumber) -> Option<&Version> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// What is in force.
    #[must_use]
    pub fn in_force(&self) -> Option<&Accepted> {
        let accepted = self.versions.iter().rfind(|version| version.state == State::Accepted);
        accepted.and_then(|version| version.accepted.as_ref())
    }

    /// Applies an event. The consequence is `None` when what is in force stays the same. On
    /// an error nothing changes.
    ///
    /// # Errors
    /// When the event does not go with the state of the version.
    pub fn apply(&mut self, event: &Event) -> Result<Option<Consequence>, Box<Problem>> {
        match event {
            Event::Draft => self.draft(None).map(|()| None),
            Event::Correct { of } => self.correct(*of).map(|()| None),
            Event::Submit { version } => {
                self.step(*version, &[State::Draft], State::Submitted).map(|()| None)
            }
            Event::Withdraw { version } => self
                .step(*version, &[State::Draft, State::Submitted], State::Withdrawn)
                .map(|()| None),
            Event::Reject { version } => {
                self.step(*version, &[State::Submitted], State::Rejected).map(|()| None)
            }
            Event::Accept { accepted } => self.accept(accepted).map(Some),
            Event::Revoke { version } => self.revoke(*version),
        }
    }

    fn draft(&mut self, corrects: Option<VersionNumber>) -> Result<(), Box<Problem>> {
        let open = |state: State| state == State::Draft;
        let live =
            |state: State| matches!(state, State::Submitted | State::Accepted | State::Replaced);
        let hinders =
            |version: &&Version| open(version.state) || (corrects.is_none() && live(version.state));
        if let Some(version) = self.versions.iter().find(hinders) {
            let (number, title) = (version.number, version.state.title());
            return Err(Box::new(Problem::new(
                code::VERSION_OPEN,
                Text::new(
                    format!("第{number}版{}，不能另起新版", title.zh),
                    format!("version {number} is {}, another cannot be begun beside it", title.en),
                ),
                Text::new(
                    "继续或撤回该草稿；已提交的版本用更正另起新版",
                    "finish or withdraw that draft; correct a submitted version by a correction",
                ),
            )));
        }
        let last = self.versions.last().map_or(0, |version| version.number.0);
        let number = last.checked_add(1).map(VersionNumber).ok_or_else(too_large)?;
        self.versions.push(Version { number, state: State::Draft, corrects, accepted: None });
        Ok(())
    }

    fn correct(&mut self, of: VersionNumber) -> Result<(), Box<Problem>> {
        self.expect(of, &[State::Submitted, State::Accepted, State::Replaced])?;
        self.draft(Some(of))
    }

    /// The version, when it is in one of the states.
    fn expect(
        &mut self,
        number: VersionNumber,
        allowed: &[State],
    ) -> Result<&mut Version, Box<Problem>> {
        let found = self.versions.iter_mut().find(|version| version.number == number);
        let Some(version) = found else {
            return Err(Box::new(Problem::new(
                code::VERSION_UNKNOWN,
                Text::new(format!("没有第{number}版"), format!("there is no version {number}")),
                Text::new("核对版本号", "check the number of the version"),
            )));
        };
        if allowed.contains(&version.state) {
            return Ok(version);
        }
        let title = version.state.title();
        let list = |pick: fn(Text) -> String, joint: &str| {
            let titles: Vec<String> = allowed.iter().map(|state| pick(state.title())).collect();
            titles.join(joint)
        };
        Err(Box::new(Problem::new(
            code::VERSION_STATE,
            Text::new(
                format!("第{number}版{}，不能这样处理", title.zh),
                format!("version {number} is {}, this cannot be done to it", title.en),
            ),
            Text::new(
                format!("只对这些状态可行：{}", list(|t| t.zh, "、")),
                format!("it can be done to a version that is {}", list(|t| t.en, " or ")),
            ),
        )))
    }

    fn step(
        &mut self,
        number: VersionNumber,
        allowed: &[State],
        to: State,
    ) -> Result<(), Box<Problem>> {
        self.expect(number, allowed)?.state = to;
        Ok(())
    }

    fn accept(&mut self, accepted: &Accepted) -> Result<Consequence, Box<Problem>> {
        self.expect(accepted.version, &[State::Submitted])?;
        let before = self.in_force().cloned();
        if let Some(later) = before.as_ref().filter(|a| a.version > accepted.version) {
            return Err(Box::new(Problem::new(
                code::VERSION_OVERTAKEN,
                Text::new(
                    format!(
                        "第{}版已受理，更早的第{}版不能再受理",
                        later.version, accepted.version
                    ),
                    format!(
                        "version {} is accepted already, the earlier version {} cannot be any more",
                        later.version, accepted.version
                    ),
                ),
                Text::new(
                    "退回该版，或由企业提交新的更正",
                    "reject it, or have a new correction filed",
                ),
            )));
        }
        let change = consequence(before.as_ref(), Some(accepted)).map_err(|_| too_large())?;
        for version in &mut self.versions {
            if version.state == State::Accepted {
                version.state = State::Replaced;
            }
        }
        let version = self.expect(accepted.version, &[State::Submitted])?;
        version.state = State::Accepted;
        version.accepted = Some(accepted.clone());
        Ok(change)
    }

    fn revoke(&mut self, number: VersionNumber) -> Result<Option<Consequence>, Box<Problem>> {
        let state = self.expect(number, &[State::Accepted, State::Replaced])?.state;
        if state == State::Replaced {
            return self.step(number, &[State::Replaced], State::Revoked).map(|()| None);
        }
        let before = self.in_force().cloned();
        let back = self.versions.iter().rposition(|version| version.state == State::Replaced);
        let now = back.and_then(|index| self.versions[index].accepted.clone());
        let change = consequence(before.as_ref(), now.as_ref()).map_err(|_| too_large())?;
        self.step(number, &[State::Accepted], State::Revoked)?;
        if let Some(index) = back {
            self.versions[index].state = State::Accepted;
        }
        Ok(Some(change))
    }
}

fn too_large() -> Box<Problem> {
    Box::new(Problem::new(
        code::OVERFLOW,
        Text::new("数值过大，无法精确表示", "the number is too large to be held exactly"),
        Text::new("核对数值和单位", "check the number and its unit"),
    ))
}
