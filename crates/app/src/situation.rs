//! What a command is decided in: who asks, when, and the state of the book.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tanheng_base::{Actor, Instant, Problem, Text};
use tanheng_filing::{Casebook, Check, Form};
use tanheng_rulebook::{PackFiles, Rulebook};
use tanheng_store::Database;
use tanheng_store::record::{Pack, PublishedRulebook, RulebookPurpose};

use crate::policy::{self, Action, Subject};
use crate::{Failure, form, ledger};

/// Rulebooks that were loaded once, by version, each with its form for monthly ledgers and its
/// checks.
#[derive(Default)]
pub struct Rulebooks {
    loaded: Mutex<HashMap<String, Arc<Rulebook>>>,
    forms: Mutex<HashMap<String, Arc<Form>>>,
    casebooks: Mutex<HashMap<String, Arc<Casebook>>>,
    checks: Mutex<HashMap<String, Arc<Vec<Check>>>>,
}

impl Rulebooks {
    /// The rulebook of a version, from the bytes that its publication carried.
    ///
    /// # Errors
    /// When it was never published or storage fails.
    pub fn get(&self, sql: &Database, version: &str) -> Result<Arc<Rulebook>, Failure> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rulebook) = loaded.get(version) {
            return Ok(Arc::clone(rulebook));
        }
        let published = PublishedRulebook::find(sql, version)?;
        let published = published.ok_or_else(|| unknown_version(version))?;
        let rulebook = Arc::new(load_digests(sql, &published.packs)?);
        loaded.insert(version.to_owned(), Arc::clone(&rulebook));
        Ok(rulebook)
    }

    /// The form of a rulebook for ledgers of a month.
    ///
    /// # Errors
    /// `ledger.no_form` when it has none; faults of the form.
    pub fn ledger_form(&self, law: &Rulebook) -> Result<Arc<Form>, Failure> {
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(form) = forms.get(law.version().as_str()) {
            return Ok(Arc::clone(form));
        }
        let form = Arc::new(ledger::form(law)?);
        forms.insert(law.version().as_str().to_owned(), Arc::clone(&form));
        Ok(form)
    }

    /// The procedures, forms, registers and calendar of a rulebook.
    ///
    /// # Errors
    /// What is wrong with its files.
    pub fn casebook(&self, law: &Rulebook) -> Result<Arc<Casebook>, Failure> {
        let mut casebooks = self.casebooks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(casebook) = casebooks.get(law.version().as_str()) {
            return Ok(Arc::clone(casebook));
        }
        let casebook = Arc::new(load_casebook(law)?);
        casebooks.insert(law.version().as_str().to_owned(), Arc::clone(&casebook));
        Ok(casebook)
    }

    /// The checks of a rulebook.
    ///
    /// # Errors
    /// Faults of its forms and checks.
    pub fn checks(&self, law: &Rulebook) -> Result<Arc<Vec<Check>>, Failure> {
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(checks) = checks.get(law.version().as_str()) {
            return Ok(Arc::clone(checks));
        }
        let own = Arc::new(form::checks(law)?);
        checks.insert(law.version().as_str().to_owned(), Arc::clone(&own));
        Ok(own)
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
