//! Sheets that were filed, as whoever files the next one needs them.

use tanheng_base::{EnterpriseId, FormId, RegionCode};
use tanheng_filing::Sheet;
use tanheng_store::Database;
use tanheng_store::record::{Enterprise, Filing};

use super::Reader;
use crate::policy::{Action, Subject, authorise};
use crate::situation::Rulebooks;
use crate::{Command, Failure, journal};

/// A sheet that was filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledSheet {
    /// The filing.
    pub filing: Filing,
    /// What was filed; `None` when its content was erased.
    pub sheet: Option<Sheet>,
}

impl Reader {
    /// The newest version of a sheet of an enterprise for a period; `None` when there is none.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn filed_sheet(
        &self,
        enterprise: &EnterpriseId,
        form: &FormId,
        period: &str,
    ) -> Result<Option<FiledSheet>, Failure> {
        self.sheet_where(enterprise, form, |filing| filing.period == period)
    }

    /// The newest version of the sheet of the last period before one; `None` before the first.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn last_sheet_before(
        &self,
        enterprise: &EnterpriseId,
        form: &FormId,
        period: &str,
    ) -> Result<Option<FiledSheet>, Failure> {
        self.sheet_where(enterprise, form, |filing| filing.period.as_str() < period)
    }

    /// The region of an enterprise; `None` when it is not registered.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn region_of(&self, enterprise: &EnterpriseId) -> Result<Option<RegionCode>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewEnterprise, Subject::Enterprise(enterprise))?;
            Ok(Enterprise::find(sql, enterprise)?.map(|enterprise| enterprise.region))
        })
    }

    fn sheet_where(
        &self,
        enterprise: &EnterpriseId,
        form: &FormId,
        wanted: impl Fn(&Filing) -> bool,
    ) -> Result<Option<FiledSheet>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewProcessData, Subject::Enterprise(enterprise))?;
            let mut filings = Filing::of(sql, enterprise)?;
            filings.retain(|filing| filing.form == *form && wanted(filing));
            let newest = filings.into_iter().max_by_key(|f| (f.period.clone(), f.version));
            newest.map(|filing| with_sheet(sql, &self.rulebooks, filing)).transpose()
        })
    }
}

/// A filing with the sheet of the command that deposited it, as the form of its time reads it.
fn with_sheet(
    sql: &Database,
    rulebooks: &Rulebooks,
    filing: Filing,
) -> Result<FiledSheet, Failure> {
    let command = match journal::Read::one(sql, filing.entry)? {
        Some(read) => read.command()?.map(|(command, _)| command),
        None => None,
    };
    let sheet = match command {
        Some(Command::SubmitLedger(submit)) => {
            let law = rulebooks.get(sql, &filing.rulebook)?;
            let form = rulebooks.ledger_form(&law)?;
            Some(submit.sheet_read(&form)?)
        }
        _ => None,
    };
    Ok(FiledSheet { filing, sheet })
}
