//! Methods whose units depend on a choice, such as the unit in which a fuel is counted: records are
//! put together by that choice, which each group then has once for all.

use std::collections::BTreeMap;
use std::ops::Range;

use super::columns::{Cells, Column, Columns};
use super::results::Results;
use super::{Bulk, BulkGrounds};
use crate::evaluate::Given;
use crate::model::Method;

/// The column of choices by which the records have to be put together; none where no unit depends
/// on a column.
fn leader<'c>(method: &'c Method, columns: &'c Columns) -> Option<(&'c str, &'c Column)> {
    method.inputs.iter().find_map(|input| {
        let key = input.unit_by.as_ref()?.key.as_str();
        let column = columns.column(key)?;
        matches!(column.cells, Cells::Texts { .. }).then_some((key, column))
    })
}

impl Bulk<'_> {
    /// Works out the records of each group by themselves; none where there are no groups.
    pub(super) fn grouped(&self, columns: &Columns, rows: &Range<usize>) -> Option<Results> {
        let (key, column) = leader(self.method(), columns)?;
        let Cells::Texts { dictionary, codes } = &column.cells else { return None };
        let mut groups: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
        for row in rows.clone() {
            groups.entry(column.is_plain(row).then_some(codes[row])).or_default().push(row);
        }
        let mut results = Results::nothing(rows.len());
        let mut grounds = BulkGrounds::default();
        for (code, members) in groups {
            let word = code.and_then(|code| dictionary.get(usize::try_from(code).ok()?));
            let Some(word) = word else {
                for row in members {
                    results.take(row - rows.start, self.singly(columns, row));
                }
                continue;
            };
            let own = columns.gathered(&members).constant(key, Given::from(word.as_str()));
            let own = self.evaluate(&own);
            results.singly += own.singly();
            grounds.merge(own.grounds());
            for (index, row) in members.into_iter().enumerate() {
                results.apart.insert(row - rows.start, own.get(index));
            }
        }
        results.grounds.merge(&grounds);
        results.gather();
        Some(results)
    }
}
