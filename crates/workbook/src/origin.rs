//! What the hidden sheet of a workbook says: which form it is and what it was made for.

use std::collections::BTreeMap;

use calamine::DataRef;
use tanheng_base::Problem;
use tanheng_filing::Form;

use crate::archive::{Workbook, open, sheets, unreadable};
use crate::frame;

/// Most rows of the hidden sheet that are read.
const MOST_ROWS: u32 = 40;

/// Which form a workbook is and what it was made for, as its hidden sheet says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Id of the form.
    pub form: String,
    /// Version of the form.
    pub version: String,
    /// Digest of the definition.
    pub digest: String,
    /// The enterprise it was made for.
    pub enterprise: Option<String>,
    /// The period it was made for.
    pub period: Option<String>,
}

impl Origin {
    /// Whether the workbook was made from this very definition.
    #[must_use]
    pub fn is_of(&self, form: &Form) -> bool {
        self.form == form.id.as_str() && self.version == form.version && self.digest == form.digest
    }
}

/// Reads the hidden sheet; `None` where the workbook has none, because another program made it.
///
/// # Errors
/// Why the file is no workbook that can be read.
pub fn origin(bytes: &[u8]) -> Result<Option<Origin>, Problem> {
    of_workbook(&mut open(bytes)?)
}

pub(crate) fn of_workbook(workbook: &mut Workbook<'_>) -> Result<Option<Origin>, Problem> {
    if !sheets(workbook).iter().any(|(name, _)| name == frame::ORIGIN) {
        return Ok(None);
    }
    let mut reader =
        workbook.worksheet_cells_reader(frame::ORIGIN).map_err(|error| unreadable(&error))?;
    let mut cells: BTreeMap<(u32, u32), String> = BTreeMap::new();
    while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
        let (row, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::String(text) => text.clone(),
            DataRef::SharedString(text) => (*text).to_owned(),
            _ => continue,
        };
        if row >= MOST_ROWS {
            break;
        }
        if column < 2 {
            cells.insert((row, column), text.chars().take(200).collect());
        }
    }
    let said = |key: &str| {
        let row = cells.iter().find(|((_, column), text)| *column == 0 && *text == key)?.0.0;
        cells.get(&(row, 1)).filter(|text| !text.is_empty()).cloned()
    };
    Ok(Some(Origin {
        form: said("form").unwrap_or_default(),
        version: said("version").unwrap_or_default(),
        digest: said("digest").unwrap_or_default(),
        enterprise: said("enterprise"),
        period: said("period"),
    }))
}
