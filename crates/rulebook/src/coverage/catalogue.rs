//! A catalogue of requirements: which there are, of which rank, and which are the same.

use std::collections::BTreeMap;

use tanheng_base::{Code, Problem, Text};

/// An entry of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// Its id.
    pub id: String,
    /// Number of the document in the collection.
    pub doc: String,
    /// Title of the document.
    pub source: String,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
    /// How much is stated.
    pub rank: Rank,
    /// The kind of thing: register, filing, rule and so on.
    pub primitive: String,
    /// The field: carbon, energy and so on.
    pub area: String,
    /// The entry that states the same most precisely, where that is another one.
    pub same_as: Option<String>,
}

/// How much the law states of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// A rule, record or flow.
    Core,
    /// Something that supports the core.
    Support,
    /// Background.
    Context,
}

/// Entries by id. An entry is canonical when it is the same as no other one; it belongs to the
/// core when its own rank says so.
#[derive(Debug, Clone)]
pub struct Catalogue {
    entries: BTreeMap<String, CatalogueEntry>,
}

/// The columns that are read; others may stand beside them.
const COLUMNS: [&str; 9] =
    ["id", "doc", "source", "name_zh", "name_en", "rank", "primitive", "area", "same_as"];

const MALFORMED: Code = Code("catalogue.malformed");
const NO_COLUMN: Code = Code("catalogue.no_column");
const BAD_RANK: Code = Code("catalogue.bad_rank");
const DUPLICATE_ID: Code = Code("catalogue.duplicate_id");
const BAD_REFERENCE: Code = Code("catalogue.bad_reference");
const EMPTY: Code = Code("catalogue.empty");

impl Catalogue {
    /// Reads a CSV file with one heading; a byte-order mark may stand before it.
    ///
    /// # Errors
    /// Everything that is wrong with the file, each with its row.
    pub fn read(csv: &str) -> Result<Catalogue, Vec<Problem>> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
        let columns = columns(&mut reader)?;
        let (mut read, mut problems) = (Vec::new(), Vec::new());
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let row = record.position().map(csv::Position::line);
                    match entry(&record, &columns) {
                        Ok(entry) => read.push((row, entry)),
                        Err(problem) => problems.push(problem.at(row, Some("rank"))),
                    }
                }
                Err(error) => problems.push(malformed(&error)),
            }
        }
        if read.is_empty() && problems.is_empty() {
            let message = Text::new("目录没有条目", "the catalogue has no entries");
            let remedy = Text::new("核对文件", "check the file");
            problems.push(Problem::new(EMPTY, message, remedy));
        }
        let mut entries = BTreeMap::new();
        for (row, entry) in &read {
            if entry.id.is_empty() || entries.insert(entry.id.clone(), entry.clone()).is_some() {
                problems.push(id_not_single(&entry.id).at(*row, Some("id")));
            }
        }
        let catalogue = Catalogue { entries };
        for (row, entry) in &read {
            if let Some(same_as) = &entry.same_as
                && catalogue.canonical(&entry.id).is_none()
            {
                problems.push(leads_nowhere(&entry.id, same_as).at(*row, Some("same_as")));
            }
        }
        if problems.is_empty() { Ok(catalogue) } else { Err(problems) }
    }

    /// The canonical entry behind an id: the entry itself, or the one it leads to.
    pub fn canonical(&self, id: &str) -> Option<&CatalogueEntry> {
        let mut entry = self.entries.get(id)?;
        for _ in 0..self.entries.len() {
            match &entry.same_as {
                None => return Some(entry),
                Some(next) => entry = self.entries.get(next)?,
            }
        }
        None // they lead to each other
    }

    /// The canonical entries of the core, by id.
    pub fn canonical_core(&self) -> impl Iterator<Item = &CatalogueEntry> {
        self.entries.values().filter(|one| one.rank == Rank::Core && one.same_as.is_none())
    }
}

/// The position of each column of [`COLUMNS`].
fn columns(reader: &mut csv::Reader<&[u8]>) -> Result<[usize; COLUMNS.len()], Vec<Problem>> {
    let headers = reader.headers().map_err(|error| vec![malformed(&error)])?.clone();
    let mut found = [0; COLUMNS.len()];
    let mut problems = Vec::new();
    for (at, name) in COLUMNS.iter().enumerate() {
        match headers.iter().position(|header| header == *name) {
            Some(position) => found[at] = position,
            None => {
                let message = Text::new(
                    format!("缺少列 `{name}`"),
                    format!("the column `{name}` is missing"),
                );
                let all = COLUMNS.join(", ");
                let remedy = Text::new(
                    format!("表头须有这些列：{all}"),
                    format!("the heading must have the columns {all}"),
                );
                problems.push(Problem::new(NO_COLUMN, message, remedy).at(Some(1), Some(name)));
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn entry(
    record: &csv::StringRecord,
    columns: &[usize; COLUMNS.len()],
) -> Result<CatalogueEntry, Problem> {
    let [id, doc, source, name_zh, name_en, rank, primitive, area, same_as] =
        columns.map(|position| record.get(position).unwrap_or_default().to_owned());
    let rank = match rank.as_str() {
        "CORE" => Rank::Core,
        "SUPPORT" => Rank::Support,
        "CONTEXT" => Rank::Context,
        other => {
            let message =
                Text::new(format!("没有等级 `{other}`"), format!("there is no rank `{other}`"));
            let remedy =
                Text::new("写作 CORE、SUPPORT 或 CONTEXT", "write CORE, SUPPORT or CONTEXT");
            return Err(Problem::new(BAD_RANK, message, remedy).found(other));
        }
    };
    let same_as = Some(same_as).filter(|id| !id.is_empty());
    Ok(CatalogueEntry { id, doc, source, name_zh, name_en, rank, primitive, area, same_as })
}

fn malformed(error: &csv::Error) -> Problem {
    let message = Text::new(
        format!("目录不是有效的CSV：{error}"),
        format!("the catalogue is no CSV: {error}"),
    );
    let remedy = Text::new(
        "用UTF-8存为CSV，每行列数与表头相同",
        "save it as CSV in UTF-8, each row with as many cells as the heading",
    );
    let row = error.position().map(csv::Position::line);
    Problem::new(MALFORMED, message, remedy).at(row, None)
}

fn id_not_single(id: &str) -> Problem {
    let (message, remedy) = if id.is_empty() {
        (Text::new("条目没有编号", "the entry has no id"), Text::new("补上编号", "give it an id"))
    } else {
        (
            Text::new(format!("编号 `{id}` 出现两次"), format!("the id `{id}` stands twice")),
            Text::new("每个条目用自己的编号", "give each entry an id of its own"),
        )
    };
    Problem::new(DUPLICATE_ID, message, remedy).found(id)
}

fn leads_nowhere(id: &str, same_as: &str) -> Problem {
    let message = Text::new(
        format!("`{id}` 所指的 `{same_as}` 不在目录中，或相互指向"),
        format!("`{id}` is the same as `{same_as}`, which is missing or leads back to it"),
    );
    let remedy = Text::new(
        "same_as 须指向目录中最确切的条目，该条目自己不再指向别处",
        "let same_as name the most precise entry of the catalogue, which names none itself",
    );
    Problem::new(BAD_REFERENCE, message, remedy).found(same_as)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADING: &str = "id,doc,source,name_zh,name_en,rank,primitive,area,same_as,open\n";

    fn read(rows: &str) -> Result<Catalogue, Vec<Problem>> {
        Catalogue::read(&format!("{HEADING}{rows}"))
    }

    fn codes(rows: &str) -> Vec<(&'static str, Option<u64>)> {
        let problems = read(rows).expect_err("a catalogue that is refused");
        problems
            .iter()
            .map(|one| (one.code.0, one.place.as_ref().and_then(|place| place.row)))
            .collect()
    }

    #[test]
    fn an_alias_leads_to_the_entry_that_names_none() {
        let catalogue = read(
            "A-1,1,a,一,one,CORE,rule,carbon,,\nA-2,1,a,二,two,CORE,rule,carbon,A-3,\nA-3,1,a,三,three,SUPPORT,rule,carbon,A-1,\nA-4,1,a,四,four,SUPPORT,rule,carbon,,\n",
        )
        .expect("a catalogue");
        for id in ["A-1", "A-2", "A-3"] {
            assert_eq!(catalogue.canonical(id).expect("an entry").id, "A-1");
        }
        let core: Vec<&str> = catalogue.canonical_core().map(|entry| entry.id.as_str()).collect();
        assert_eq!(core, ["A-1"]);
        assert!(catalogue.canonical("A-9").is_none());
    }

    #[test]
    fn every_mistake_is_told_with_its_row() {
        assert_eq!(codes(""), [("catalogue.empty", None)]);
        assert_eq!(
            codes(
                "A-1,1,a,一,one,KERN,rule,carbon,,\nA-2,1,a,二,two,CORE,rule,carbon,A-9,\n,1,a,三,three,CORE,rule,carbon,,\n"
            ),
            [
                ("catalogue.bad_rank", Some(2)),
                ("catalogue.duplicate_id", Some(4)),
                ("catalogue.bad_reference", Some(3)),
            ]
        );
        assert_eq!(
            codes(
                "A-1,1,a,一,one,CORE,rule,carbon,A-2,\nA-2,1,a,二,two,CORE,rule,carbon,A-1,\nA-2,1,a,二,two,CORE,rule,carbon,,\nA-3,1\n"
            ),
            [("catalogue.malformed", Some(5)), ("catalogue.duplicate_id", Some(4))]
        );
        assert_eq!(
            codes("A-1,1,a,一,one,CORE,rule,carbon,A-2,\nA-2,1,a,二,two,CORE,rule,carbon,A-1,\n"),
            [("catalogue.bad_reference", Some(2)), ("catalogue.bad_reference", Some(3))]
        );
        let problems = Catalogue::read("\u{feff}id,doc,source,name_zh,name_en,rank,area,same_as\n")
            .expect_err("a column is missing");
        assert_eq!(problems[0].code.0, "catalogue.no_column");
        assert_eq!(problems.len(), 1);
    }
}
