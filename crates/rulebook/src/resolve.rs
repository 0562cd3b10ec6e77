//! Which value holds on a day in a region, and why there is none.

use serde::Serialize;
use tanheng_base::{
    CheckState, Citation, Code, Date, PackId, ParameterId, Problem, RegionCode, TableId,
};

use crate::book::Rulebook;
use crate::diagnostic::text;
use crate::model::{DatedValue, Row, State};
use crate::value::Value;

/// A value that holds, with all that stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resolved {
    /// The value.
    #[serde(flatten)]
    pub value: Value,
    /// The value as the pack writes it, without unit, such as `44/12` or `10%`.
    pub written: String,
    /// How it stands: in force or in doubt.
    pub state: State,
    /// Document and clause.
    pub citation: Citation,
    /// Against what it was checked.
    pub checked: CheckState,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<tanheng_base::Text>,
    /// The pack that supplies it.
    pub pack: PackId,
    /// It comes from an example pack.
    pub example: bool,
    /// The first day.
    pub from: Date,
    /// The day after the last, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// The region whose rule it is.
    pub region: RegionCode,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolveError {
    /// No pack defines the parameter, table or column.
    Unknown {
        /// The name.
        name: String,
    },
    /// No pack lists the region.
    UnknownRegion {
        /// The region.
        region: RegionCode,
    },
    /// The table has no such row.
    NoRow {
        /// The table and column.
        name: String,
        /// The keys asked for.
        keys: Vec<String>,
        /// The day asked for.
        at: Date,
    },
    /// There is a row, but the cell is empty: the source gives no value.
    NoCell {
        /// The table and column.
        name: String,
        /// The keys asked for.
        keys: Vec<String>,
        /// The row's clause.
        citation: Citation,
    },
    /// No value of that day and region is known.
    NoValue {
        /// The parameter.
        name: String,
        /// The day asked for.
        at: Date,
        /// The region asked for.
        region: RegionCode,
    },
    /// The law gives no value: announced, open or repealed.
    WithoutValue {
        /// The parameter, or table and keys.
        name: String,
        /// What a reader calls it.
        title: tanheng_base::Text,
        /// Announced, open or repealed.
        state: State,
        /// The clause that says so.
        citation: Citation,
        /// The day asked for.
        at: Date,
    },
}

impl ResolveError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ResolveError::Unknown { .. } => "rulebook.unknown_name",
            ResolveError::UnknownRegion { .. } => "rulebook.unknown_region",
            ResolveError::NoRow { .. } => "rulebook.no_row",
            ResolveError::NoCell { .. } => "rulebook.no_cell",
            ResolveError::NoValue { .. } => "rulebook.no_value",
            ResolveError::WithoutValue { state, .. } => match state {
                State::Announced => "rulebook.announced",
                State::Repealed => "rulebook.repealed",
                _ => "rulebook.open",
            },
        }
    }

    /// The state, when the law itself gives no value.
    pub fn state(&self) -> Option<State> {
        match self {
            ResolveError::WithoutValue { state, .. } => Some(*state),
            _ => None,
        }
    }

    /// What happened and what to do.
    pub fn problem(&self) -> Problem {
        let (message, remedy) = match self {
            ResolveError::Unknown { name } => (
                text(format!("规则库中没有 `{name}`"), format!("the rulebook has no `{name}`")),
                text("核对名称", "check the name"),
            ),
            ResolveError::UnknownRegion { region } => (
                text(
                    format!("规则库中没有地区 `{region}`"),
                    format!("the rulebook has no region `{region}`"),
                ),
                text("核对地区代码或名称", "check the code or name of the region"),
            ),
            ResolveError::NoRow { name, keys, at } => {
                let keys = keys.join(", ");
                (
                    text(
                        format!("`{name}` 在 {at} 没有“{keys}”这一行"),
                        format!("`{name}` has no row `{keys}` on {at}"),
                    ),
                    text("核对取值和日期", "check the keys and the date"),
                )
            }
            ResolveError::NoCell { name, keys, citation } => {
                let (keys, clause, document) =
                    (keys.join(", "), &citation.clause, &citation.document);
                (
                    text(
                        format!("`{name}` 的“{keys}”没有数值（{document} {clause}）"),
                        format!("`{name}` gives no value for `{keys}` ({document} {clause})"),
                    ),
                    text("使用实测值", "use a measured value"),
                )
            }
            ResolveError::NoValue { name, at, region } => (
                text(
                    format!("`{name}` 在 {at} 对 {region} 没有规定"),
                    format!("`{name}` has no rule on {at} for {region}"),
                ),
                text("核对日期和地区", "check the date and the region"),
            ),
            ResolveError::WithoutValue { name, title, state, citation, at } => {
                let (word, document, clause) =
                    (state.title(), &citation.document, &citation.clause);
                (
                    text(
                        format!(
                            "{}（`{name}`）在 {at}：{}（{document} {clause}）",
                            title.zh, word.zh
                        ),
                        format!(
                            "{} (`{name}`) on {at}: {} ({document} {clause})",
                            title.en, word.en
                        ),
                    ),
                    text(
                        "等主管部门作出并公布决定；在此之前没有数值可用",
                        "wait for the authority's published decision: until then there is no value",
                    ),
                )
            }
        };
        Problem::new(Code(self.code()), message, remedy)
    }
}

impl Rulebook {
    /// The value of a parameter on a day in a region: the most specific region wins, within a
    /// region the pack that builds on the others.
    ///
    /// # Errors
    /// When the parameter or region is unknown, or the law gives no value; see [`ResolveError`].
    pub fn resolve(
        &self,
        id: &ParameterId,
        at: Date,
        region: &RegionCode,
    ) -> Result<Resolved, ResolveError> {
        let parameter =
            self.parameter(id).ok_or_else(|| ResolveError::Unknown { name: id.to_string() })?;
        let chain = self.chain(region)?;
        let found = pick(&parameter.values, &chain, at, |value| {
            (&value.region, value.from, value.to, value.layer)
        });
        let Some(dated) = found else {
            let (name, region) = (id.to_string(), region.clone());
            return Err(ResolveError::NoValue { name, at, region });
        };
        match resolved(dated) {
            Some(resolved) => Ok(resolved),
            None => Err(ResolveError::WithoutValue {
                name: id.to_string(),
                title: parameter.title.clone(),
                state: dated.state,
                citation: dated.grounds.citation.clone(),
                at,
            }),
        }
    }

    /// A cell of a table on a day in a region.
    ///
    /// # Errors
    /// When table, column, row or region is unknown, or the law gives no value.
    pub fn lookup(
        &self,
        id: &TableId,
        column: &str,
        keys: &[String],
        at: Date,
        region: &RegionCode,
    ) -> Result<Resolved, ResolveError> {
        let name = format!("{id}.{column}");
        let table = self
            .table(id)
            .filter(|table| table.column(column).is_some())
            .ok_or_else(|| ResolveError::Unknown { name: name.clone() })?;
        let chain = self.chain(region)?;
        let rows: Vec<&Row> = table.rows.iter().filter(|row| row.keys == keys).collect();
        let found = pick(&rows, &chain, at, |row| (&row.region, row.from, row.to, row.layer));
        let Some(row) = found else {
            return Err(ResolveError::NoRow { name, keys: keys.to_vec(), at });
        };
        if !row.state.has_value() {
            return Err(ResolveError::WithoutValue {
                name: format!("{name}({})", keys.join(", ")),
                title: table.title.clone(),
                state: row.state,
                citation: row.grounds.citation.clone(),
                at,
            });
        }
        let Some(value) = row.cells.get(column) else {
            let citation = row.grounds.citation.clone();
            return Err(ResolveError::NoCell { name, keys: keys.to_vec(), citation });
        };
        Ok(Resolved {
            value: value.clone(),
            written: value.bare(),
            state: row.state,
            citation: row.grounds.citation.clone(),
            checked: row.grounds.checked,
            note: row.grounds.note.clone(),
            pack: row.pack.clone(),
            example: row.example,
            from: row.from,
            to: row.to,
            region: row.region.clone(),
        })
    }

    /// The region and those it lies in, the most specific first.
    pub(crate) fn chain(&self, region: &RegionCode) -> Result<Vec<RegionCode>, ResolveError> {
        let unknown = || ResolveError::UnknownRegion { region: region.clone() };
        let mut own = self.region_by_code(region).ok_or_else(unknown)?;
        let mut chain = vec![own.code.clone()];
        while let Some(parent) = &own.parent {
            if chain.contains(parent) {
                break;
            }
            chain.push(parent.clone());
            match self.region_by_code(parent) {
                Some(parent) => own = parent,
                None => break,
            }
        }
        Ok(chain)
    }
}

/// The entry that holds on a day: nearest region first, then the latest layer.
pub(crate) fn pick<'a, T>(
    entries: &'a [T],
    chain: &[RegionCode],
    at: Date,
    key: impl Fn(&'a T) -> (&'a RegionCode, Date, Option<Date>, usize),
) -> Option<&'a T> {
    chain.iter().find_map(|wanted| {
        entries
            .iter()
            .filter(|entry| {
                let (region, from, to, _) = key(entry);
                region == wanted && from <= at && to.is_none_or(|to| at < to)
            })
            .max_by_key(|entry| key(entry).3)
    })
}

fn resolved(dated: &DatedValue) -> Option<Resolved> {
    Some(Resolved {
        value: dated.value.clone()?,
        written: dated.written.clone()?,
        state: dated.state,
        citation: dated.grounds.citation.clone(),
        checked: dated.grounds.checked,
        note: dated.grounds.note.clone(),
        pack: dated.pack.clone(),
        example: dated.example,
        from: dated.from,
        to: dated.to,
        region: dated.region.clone(),
    })
}
