//! Receipts: what an actor takes home as proof of an entry.

use tanheng_base::Text;
use tanheng_evidence::log::prove_inclusion;
use tanheng_evidence::{Checkpoint, Part, Receipt, VerifierKey};
use tanheng_store::Database;
use tanheng_store::journal::Nodes;

use crate::journal::{CHANGES, CONFIDENTIAL, Read};
use crate::{Book, Failure};

/// The receipt of an entry under the last checkpoint, as text.
///
/// It shows every field of what was declared and decided, but not the changes of
/// tables, which say the same again.
///
/// # Errors
/// `receipt.erased` when the content is gone, `receipt.no_entry`, or a failure of
/// storage.
pub fn issue(book: &Book, sql: &Database, sequence: i64) -> Result<String, Failure> {
    issue_under(&Signed::last(book)?, sql, sequence)
}

/// The last checkpoint of a book. It is read before the database is: what it stands over is there
/// already, while a database that was read first may lack the last entries.
pub(crate) struct Signed {
    note: String,
    key: VerifierKey,
    pub(crate) checkpoint: Checkpoint,
}

impl Signed {
    pub(crate) fn last(book: &Book) -> Result<Self, Failure> {
        let missing = || {
            Failure::Inconsistent(
                "the last checkpoint, log.checkpoint, is missing: restore it".to_owned(),
            )
        };
        let (note, key) = (book.checkpoint()?.ok_or_else(missing)?, book.verifier_key()?);
        let checkpoint = Checkpoint::verify(&note, &key)?;
        Ok(Self { note, key, checkpoint })
    }

    /// The note as it is published, with the signatures of witnesses.
    pub(crate) fn note(&self) -> &str {
        &self.note
    }

    pub(crate) fn key(&self) -> &VerifierKey {
        &self.key
    }
}

/// As [`issue`], under a checkpoint that was read before the database.
pub(crate) fn issue_under(
    signed: &Signed,
    sql: &Database,
    sequence: i64,
) -> Result<String, Failure> {
    let read = Read::one(sql, sequence)?.ok_or_else(|| {
        Failure::refuse(
            "receipt.no_entry",
            Text::new(format!("没有条目 {sequence}"), format!("there is no entry {sequence}")),
            Text::new("请核对序号", "check the sequence number"),
        )
    })?;
    let (Some(input), Some(outcome)) = (&read.input, &read.outcome) else {
        return Err(Failure::refuse(
            "receipt.erased",
            Text::new(
                format!("条目 {sequence} 的内容已擦除，无法再出具回执"),
                format!("the content of entry {sequence} was erased; no receipt can be issued"),
            ),
            Text::new("此前出具的回执仍可验证", "receipts issued before can still be verified"),
        ));
    };
    let Signed { note, key, checkpoint } = signed;
    let (hash, index) = (key.log_hash(), read.entry.sequence());
    let inclusion = prove_inclusion(hash, checkpoint.size(), index, &Nodes(sql))?;
    let shown = |opening: &tanheng_evidence::Opening, part: Part| {
        let hidden = match part {
            Part::Input => CONFIDENTIAL,
            Part::Outcome => CHANGES,
        };
        let names: Vec<&str> =
            opening.content().keys().map(String::as_str).filter(|name| *name != hidden).collect();
        opening.show(&names)
    };
    let (input, outcome) = (shown(input, Part::Input)?, shown(outcome, Part::Outcome)?);
    // signatures that the reader of a receipt may have no key for do not belong into it
    let note = Checkpoint::only(note, key)?;
    let receipt = Receipt::new(read.entry, input, outcome, inclusion, note, key.clone())?;
    Ok(receipt.to_text())
}
