//! Every page has one stable address; links are made and requests are read by the same type.

use std::fmt;

use tanheng_base::{
    CaseId, DocumentId, EnterpriseId, Lang, ListId, MethodId, Month, ParameterId, ProcedureId,
    RegisterId, TableId, Year,
};

/// What a page shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The province.
    Province,
    /// The list of enterprises.
    Enterprises,
    /// One enterprise.
    Enterprise(EnterpriseId),
    /// A year's figure: its months.
    Year(EnterpriseId, Year),
    /// A month's figure: the lines of the filing it comes from.
    Month(EnterpriseId, Month),
    /// One version of a month's ledger.
    Ledger(EnterpriseId, Month, i64),
    /// One line of it, opened.
    Line(EnterpriseId, Month, i64, i64),
    /// The rulebook: packs and what they hold.
    Rulebook,
    /// Its documents.
    Documents,
    /// One document with what cites it.
    Document(DocumentId),
    /// Its parameters.
    Parameters,
    /// One parameter with its history.
    Parameter(ParameterId),
    /// Its methods.
    Methods,
    /// One method with its versions and cases.
    Method(MethodId),
    /// Its tables.
    Tables,
    /// One table.
    Table(TableId),
    /// The registers and the published lists.
    Registers,
    /// One register that cases keep.
    Register(RegisterId),
    /// One published list.
    List(ListId),
    /// The cases.
    Cases,
    /// One case.
    Case(CaseId),
    /// The procedures.
    Procedures,
    /// One procedure.
    Procedure(ProcedureId),
    /// The log.
    Log,
    /// One entry of it.
    Entry(u64),
    /// The form that checks a receipt.
    Receipt,
}

/// The address of a page in a language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Language.
    pub lang: Lang,
    /// What it shows.
    pub subject: Subject,
}

impl Address {
    /// The address of a subject in a language.
    #[must_use]
    pub fn new(lang: Lang, subject: Subject) -> Self {
        Self { lang, subject }
    }

    /// The address that a path means, if any.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let mut parts = path.strip_prefix('/')?.split('/');
        let lang = match parts.next()? {
            "zh" => Lang::Zh,
            "en" => Lang::En,
            _ => return None,
        };
        let parts: Vec<&str> = parts.collect();
        let subject = Subject::parse(&parts)?;
        let address = Self { lang, subject };
        // one address per page: another spelling of it is no address
        (address.to_string() == path).then_some(address)
    }
}

impl Subject {
    fn parse(parts: &[&str]) -> Option<Self> {
        Some(match parts {
            [""] => Self::Province,
            ["enterprises"] => Self::Enterprises,
            ["enterprises", id] => Self::Enterprise(id.parse().ok()?),
            ["enterprises", id, period] => match period.parse() {
                Ok(month) => Self::Month(id.parse().ok()?, month),
                Err(_) => Self::Year(id.parse().ok()?, period.parse().ok()?),
            },
            ["enterprises", id, month, version] => {
                Self::Ledger(id.parse().ok()?, month.parse().ok()?, read_version(version)?)
            }
            ["enterprises", id, month, version, row] => Self::Line(
                id.parse().ok()?,
                month.parse().ok()?,
                read_version(version)?,
                row.parse().ok()?,
            ),
            ["rulebook"] => Self::Rulebook,
            ["rulebook", "documents"] => Self::Documents,
            ["rulebook", "documents", id] => Self::Document(id.parse().ok()?),
            ["rulebook", "parameters"] => Self::Parameters,
            ["rulebook", "parameters", id] => Self::Parameter(id.parse().ok()?),
            ["rulebook", "methods"] => Self::Methods,
            ["rulebook", "methods", id] => Self::Method(id.parse().ok()?),
            ["rulebook", "tables"] => Self::Tables,
            ["rulebook", "tables", id] => Self::Table(id.parse().ok()?),
            ["registers"] => Self::Registers,
            ["registers", id] => Self::Register(id.parse().ok()?),
            ["cases"] => Self::Cases,
            ["cases", id] => Self::Case(id.parse().ok()?),
            ["procedures"] => Self::Procedures,
            ["procedures", id] => Self::Procedure(id.parse().ok()?),
            ["lists", id] => Self::List(id.parse().ok()?),
            ["log"] => Self::Log,
            ["log", sequence] => Self::Entry(sequence.parse().ok()?),
            ["receipt"] => Self::Receipt,
            _ => return None,
        })
    }
}

fn read_version(text: &str) -> Option<i64> {
    text.strip_prefix('v')?.parse().ok().filter(|version| *version > 0)
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Province => Ok(()),
            Self::Enterprises => f.write_str("enterprises"),
            Self::Enterprise(id) => write!(f, "enterprises/{id}"),
            Self::Year(id, year) => write!(f, "enterprises/{id}/{year}"),
            Self::Month(id, month) => write!(f, "enterprises/{id}/{month}"),
            Self::Ledger(id, month, version) => write!(f, "enterprises/{id}/{month}/v{version}"),
            Self::Line(id, month, version, row) => {
                write!(f, "enterprises/{id}/{month}/v{version}/{row}")
            }
            Self::Rulebook => f.write_str("rulebook"),
            Self::Documents => f.write_str("rulebook/documents"),
            Self::Document(id) => write!(f, "rulebook/documents/{id}"),
            Self::Parameters => f.write_str("rulebook/parameters"),
            Self::Parameter(id) => write!(f, "rulebook/parameters/{id}"),
            Self::Methods => f.write_str("rulebook/methods"),
            Self::Method(id) => write!(f, "rulebook/methods/{id}"),
            Self::Tables => f.write_str("rulebook/tables"),
            Self::Table(id) => write!(f, "rulebook/tables/{id}"),
            Self::Registers => f.write_str("registers"),
            Self::Register(id) => write!(f, "registers/{id}"),
            Self::List(id) => write!(f, "lists/{id}"),
            Self::Cases => f.write_str("cases"),
            Self::Case(id) => write!(f, "cases/{id}"),
            Self::Procedures => f.write_str("procedures"),
            Self::Procedure(id) => write!(f, "procedures/{id}"),
            Self::Log => f.write_str("log"),
            Self::Entry(sequence) => write!(f, "log/{sequence}"),
            Self::Receipt => f.write_str("receipt"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/{}", self.lang.tag(), self.subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_reads_back_and_has_one_spelling() {
        let paths = [
            "/zh/",
            "/en/enterprises",
            "/zh/enterprises/91350100M000100Y43",
            "/zh/enterprises/91350100M000100Y43/2022",
            "/zh/enterprises/91350100M000100Y43/2022-03",
            "/zh/enterprises/91350100M000100Y43/2022-03/v2",
            "/en/enterprises/91350100M000100Y43/2022-03/v2/7",
            "/zh/rulebook",
            "/zh/rulebook/documents/hebei-2022-145",
            "/zh/rulebook/parameters/hebei.class.key_from",
            "/zh/rulebook/methods/cn.fuel.combustion",
            "/en/rulebook/tables/cn.fuel.defaults",
            "/zh/registers",
            "/en/registers/hebei.register.national_power",
            "/zh/cases",
            "/zh/cases/c120-1",
            "/en/procedures",
            "/zh/procedures/hebei.national_list.posting",
            "/zh/lists/hebei.list.national_power.2022",
            "/zh/log/0",
            "/en/receipt",
        ];
        for path in paths {
            let address = Address::parse(path).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(address.to_string(), path);
        }
        for path in [
            "/zh",
            "/fr/",
            "/zh/enterprises/",
            "/zh/enterprises/91350100M000100Y44",
            "/zh/enterprises/91350100M000100Y43/2022-3",
            "/zh/enterprises/91350100M000100Y43/2022-03/2",
            "/zh/log/007",
            "/zh/rulebook/methods/../x",
        ] {
            assert_eq!(Address::parse(path), None, "{path}");
        }
    }
}
