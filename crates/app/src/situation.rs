//! What a command is decided in: who asks, when, and the state of the book.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tanheng_base::{Actor, Instant, Problem, ProcedureId, Text};
use tanheng_filing::{Casebook, Check, Form};
use tanheng_rulebook::{PackFiles, Rulebook};
use tanheng_store::Database;
use tanheng_store::record::{Pack, PublishedRulebook, RulebookPurpose};

use crate::policy::{self, Action, Subject};
use crate::{Failure, case, form, ledger};

/// What was made once of each version of a rulebook.
struct Kept<T>(Mutex<HashMap<String, Arc<T>>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    fn of(
        &self,
        version: &str,
        make: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<Arc<T>, Failure> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = kept.get(version) {
            return Ok(Arc::clone(made));
        }
        let made = Arc::new(make()?);
        kept.insert(version.to_owned(), Arc::clone(&made));
        Ok(made)
    }
}

/// Rulebooks that were loaded once, by version, each with what is made of it.
#[derive(Default)]
pub struct Rulebooks {
    loaded: Kept<Rulebook>,
    forms: Kept<Form>,
    casebooks: Kept<Casebook>,
    checks: Kept<Vec<Check>>,
    rehearsed: Kept<BTreeSet<ProcedureId>>,
}

impl Rulebooks {
    /// The rulebook of a version, from the bytes that its publication carried.
    ///
    /// # Errors
    /// When it was never published or storage fails.
    pub fn get(&self, sql: &Database, version: &str) -> Result<Arc<Rulebook>, Failure> {
        self.loaded.of(version, || {
            let published = PublishedRulebook::find(sql, version)?;
            let published = published.ok_or_else(|| unknown_version(version))?;
            load_digests(sql, &published.packs)
        })
    }

    /// The form of a rulebook for ledgers of a month.
    ///
    /// # Errors
    /// `ledger.no_form` when it has none; faults of the form.
    pub fn ledger_form(&self, law: &Rulebook) -> Result<Arc<Form>, Failure> {
        self.forms.of(law.version().as_str(), || ledger::form(law))
    }

    /// The procedures, forms, registers and calendar of a rulebook.
    ///
    /// # Errors
    /// What is wrong with its files.
    pub fn casebook(&self, law: &Rulebook) -> Result<Arc<Casebook>, Failure> {
        self.casebooks.of(law.version().as_str(), || load_casebook(law))
    }

    /// The checks of a rulebook.
    ///
    /// # Errors
    /// Faults of its forms and checks.
    pub fn checks(&self, law: &Rulebook) -> Result<Arc<Vec<Check>>, Failure> {
        self.checks.of(law.version().as_str(), || form::checks(law))
    }

    /// The procedures of a rulebook that a passing rehearsal brings to an end.
    ///
    /// # Errors
    /// What is wrong with its files.
    pub fn rehearsed(&self, law: &Rulebook) -> Result<Arc<BTreeSet<ProcedureId>>, Failure> {
        let casebook = self.casebook(law)?;
        self.rehearsed
            .of(law.version().as_str(), || Ok(Casebook::rehearsed(&case::rehearse(&casebook, law))))
    }

    /// The rulebook published last for a purpose; `None` before the first.
    ///
    /// # Errors
    /// When storage fails.
    pub fn latest(
        &self,
        sql: &Database,
        purpose: RulebookPurpose,
    ) -> Result<Option<Arc<Rulebook>>, Failure> {
        let published = PublishedRulebook::latest(sql, purpose)?;
        published.map(|published| self.get(sql, &published.version)).transpose()
    }
}

fn unknown_version(version: &str) -> Failure {
    Failure::refuse(
        "rulebook.unknown_version",
        Text::new(
            format!("规则库版本 `{version}` 未发布"),
            format!("rulebook version `{version}` was never published"),
        ),
        Text::new("请先发布规则库", "publish the rulebook first"),
    )
}

/// A rulebook from packs of the book, by their digests.
///
/// # Errors
/// `rulebook.unknown_version` for a pack that is not there; the first faults of the packs.
pub(crate) fn load_digests(sql: &Database, digests: &str) -> Result<Rulebook, Failure> {
    let packs = digests.split_whitespace().map(|digest| {
        let pack = Pack::find(sql, digest)?.ok_or_else(|| unknown_version(digest))?;
        read_pack(&pack)
    });
    load(packs.collect::<Result<_, _>>()?)
}

/// A rulebook from packs.
///
/// # Errors
/// The first faults of the packs, as problems.
pub(crate) fn load(packs: Vec<PackFiles>) -> Result<Rulebook, Failure> {
    Rulebook::load(packs).map_err(|diagnostics| {
        let problem = |diagnostic: &tanheng_rulebook::Diagnostic| {
            Problem::new(
                tanheng_base::Code(diagnostic.code),
                diagnostic.message.clone(),
                diagnostic.remedy.clone(),
            )
        };
        Failure::Refused(diagnostics.iter().map(problem).collect())
    })
}

/// The casebook of a rulebook.
///
/// # Errors
/// What is wrong with its files, each by its path.
pub(crate) fn load_casebook(law: &Rulebook) -> Result<Casebook, Failure> {
    Casebook::of(law).map_err(|faults| {
        Failure::Refused(faults.into_iter().map(|fault| fault.problem.by(fault.path)).collect())
    })
}

fn read_pack(pack: &Pack) -> Result<PackFiles, Failure> {
    let files = serde_json::from_str(&pack.files).map_err(|error| Failure::Unreadable {
        sequence: pack.entry,
        reason: format!("pack {}: {error}", pack.id),
    })?;
    Ok(PackFiles { id: pack.id.clone(), files })
}

/// What a command is decided in.
pub struct Situation<'a> {
    /// The state of the book.
    pub sql: &'a Database,
    /// Rulebooks.
    pub rulebooks: &'a Rulebooks,
    /// Who asks.
    pub actor: &'a Actor,
    /// The sequence that the entry will have.
    pub sequence: i64,
    /// The time that the entry will have.
    pub now: Instant,
}

impl Situation<'_> {
    /// Refuses what the policy table does not allow.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn authorise(&self, action: Action, subject: Subject<'_>) -> Result<(), Failure> {
        policy::authorise(self.sql, self.actor, action, subject)
    }

    /// The law in force in this book.
    ///
    /// # Errors
    /// `rulebook.none` before the first publication.
    pub fn law(&self) -> Result<Arc<Rulebook>, Failure> {
        self.rulebooks.latest(self.sql, RulebookPurpose::Law)?.ok_or_else(|| {
            Failure::refuse(
                "rulebook.none",
                Text::new("本库尚未发布规则库", "this book has no rulebook yet"),
                Text::new("请先发布规则库", "publish a rulebook first"),
            )
        })
    }

    /// The law plus example packs, where the book has such.
    ///
    /// # Errors
    /// When storage fails.
    pub fn example(&self) -> Result<Option<Arc<Rulebook>>, Failure> {
        self.rulebooks.latest(self.sql, RulebookPurpose::Example)
    }
}
