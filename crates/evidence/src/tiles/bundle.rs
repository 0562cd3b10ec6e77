//! Entry bundles: entries one after the other, each behind its length in two bytes.

use super::WIDTH;
use crate::merkle::as_u64;

/// The longest entry that a bundle can hold.
pub const MAX_ENTRY_BYTES: usize = 65_535;

/// The longest bundle there can be: a full one of the longest entries.
pub const MAX_BUNDLE_BYTES: u64 = WIDTH * 65_537;

/// Why entries do not go into a bundle or come out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// An entry is too long for the two bytes of its length.
    #[error("an entry has {length} bytes; a bundle holds entries of at most {MAX_ENTRY_BYTES}")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// The bundle ends within an entry.
    #[error("the bundle ends within an entry")]
    Truncated,
    /// It holds another number of entries than its name says.
    #[error("the bundle holds {found} entries, not {expected}")]
    Count {
        /// As many as there are.
        found: u64,
        /// As many as its name says.
        expected: u64,
    },
}

/// The bundle of entries.
///
/// # Errors
/// [`BundleError::TooLong`].
pub fn join_entries<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    let mut bundle = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length =
            u16::try_from(entry.len()).map_err(|_| BundleError::TooLong { length: entry.len() })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle that must hold `expected` of them.
///
/// # Errors
/// When it is cut, or holds more or fewer.
pub fn split_entries(bundle: &[u8], expected: u64) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    // no bundle has more, and what follows is not even looked at
    while !rest.is_empty() && as_u64(entries.len()) <= WIDTH {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(BundleError::Truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(BundleError::Truncated)?;
        entries.push(entry);
        rest = after;
    }
    let found = as_u64(entries.len());
    if found == expected { Ok(entries) } else { Err(BundleError::Count { found, expected }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_comes_apart_as_it_was_put_together() {
        let entries = [b"abc".to_vec(), Vec::new(), vec![7; MAX_ENTRY_BYTES]];
        let bundle = join_entries(&entries).unwrap();
        assert_eq!(&bundle[..7], b"\0\x03abc\0\0");
        assert_eq!(split_entries(&bundle, 3).unwrap(), entries);
        assert_eq!(split_entries(&bundle, 2), Err(BundleError::Count { found: 3, expected: 2 }));
        assert_eq!(split_entries(&[], 0).unwrap(), Vec::<&[u8]>::new());
        assert_eq!(split_entries(&bundle[..6], 2), Err(BundleError::Truncated));
        assert_eq!(split_entries(&bundle[..bundle.len() - 1], 3), Err(BundleError::Truncated));
        let long = vec![0; MAX_ENTRY_BYTES + 1];
        let length = long.len();
        assert_eq!(join_entries(&[long]), Err(BundleError::TooLong { length }));
        let endless = vec![0; 2 * 300];
        assert!(matches!(split_entries(&endless, 300), Err(BundleError::Count { .. })));
    }
}
