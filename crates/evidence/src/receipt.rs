//! The receipt: everything needed to check one entry offline, in one text.

mod error;
mod text;
mod verify;

pub use error::ReceiptError;
pub use verify::{KeySource, VerifiedReceipt, verify};

use crate::{Entry, Hash, Part, Shown, Value, VerifierKey};

/// The name of the format.
pub const FORMAT: &str = "tanheng-receipt";

/// The version of the format that this release writes and reads.
pub const VERSION: u64 = 1;

/// The longest text that is read.
pub const MAX_BYTES: usize = 16 << 20;

/// The outcome field that lists how the data are marked, e.g. as an example. Every outcome whose
/// entry gets a receipt has it (an empty list when there is nothing to mark) and every receipt
/// shows it, so that nobody can drop a mark.
pub const MARKS: &str = "marks";

/// An entry with what is shown of it, its place in the tree and the signed checkpoint.
///
/// A `Receipt` is in form; only [`verify`] says that it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    entry: Entry,
    input: Shown,
    outcome: Shown,
    marks: Vec<String>,
    inclusion: Vec<Hash>,
    checkpoint: String,
    key: VerifierKey,
}

impl Receipt {
    /// Puts a receipt together and checks it: a wrong receipt is never issued.
    ///
    /// `inclusion` is the proof of the entry in the tree of `checkpoint`; a checkpoint in a receipt
    /// bears the signature of `key` and no other.
    ///
    /// # Errors
    /// As [`verify`].
    pub fn new(
        entry: Entry,
        input: Shown,
        outcome: Shown,
        inclusion: Vec<Hash>,
        checkpoint: String,
        key: VerifierKey,
    ) -> Result<Receipt, ReceiptError> {
        let marks = read_marks(&outcome)?;
        let receipt = Receipt { entry, input, outcome, marks, inclusion, checkpoint, key };
        verify::check(&receipt)?;
        if receipt.to_text().len() > MAX_BYTES {
            return Err(ReceiptError::TooLong);
        }
        Ok(receipt)
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// What is shown of one part.
    pub fn shown(&self, part: Part) -> &Shown {
        match part {
            Part::Input => &self.input,
            Part::Outcome => &self.outcome,
        }
    }

    /// How the data are marked.
    pub fn marks(&self) -> &[String] {
        &self.marks
    }

    /// The proof of the entry in the tree.
    pub fn inclusion(&self) -> &[Hash] {
        &self.inclusion
    }

    /// The signed note; keep it to have the log's later growth checked against it.
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// The key that the receipt itself names.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }
}

/// The list of texts in the shown outcome field [`MARKS`].
fn read_marks(outcome: &Shown) -> Result<Vec<String>, ReceiptError> {
    let list = outcome.get(MARKS).and_then(Value::as_list).ok_or(ReceiptError::MarksMissing)?;
    let text = |mark: &Value| mark.as_text().map(str::to_owned);
    list.iter().map(text).collect::<Option<_>>().ok_or(ReceiptError::MarksMissing)
}
