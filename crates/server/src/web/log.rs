//! The public log over HTTP: C2SP tlog-tiles below `/log/`, and proofs.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tanheng_app::Failure;
use tanheng_app::read::Reader;
use tanheng_evidence::tiles::Tile;

/// What is served of the log to programmes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Public {
    /// The last checkpoint.
    Checkpoint,
    /// A tile or a bundle of entries.
    Tile(Tile),
    /// The proof of an entry.
    Inclusion(u64),
    /// The proof that the log extends its own beginning.
    Consistency(u64),
}

/// What never changes again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What is replaced by something longer.
const ASK_AGAIN: &str = "no-cache";
const BYTES: &str = "application/octet-stream";
const TEXT: &str = "text/plain; charset=utf-8";

impl Public {
    /// What a path below `/log/` means, if any.
    pub(super) fn parse(path: &str) -> Option<Self> {
        if path == "checkpoint" {
            return Some(Self::Checkpoint);
        }
        if let Some(sequence) = path.strip_prefix("proof/inclusion/") {
            return number(sequence).map(Self::Inclusion);
        }
        if let Some(size) = path.strip_prefix("proof/consistency/") {
            return number(size).map(Self::Consistency);
        }
        Tile::parse(path).map(Self::Tile)
    }

    /// The answer; `None` beyond the checkpoint. `size` is that of the tree of a proof.
    pub(super) fn answer(
        &self,
        reader: &Reader,
        size: Option<&str>,
    ) -> Result<Option<Response>, Failure> {
        let asked = size.map(number);
        if asked == Some(None) {
            return Ok(None);
        }
        let size = asked.flatten();
        reader.public(|log| {
            Ok(match self {
                Self::Checkpoint => Some(text(log.note().to_owned())),
                Self::Tile(tile) => log.tile(tile)?.map(|bytes| {
                    let keep = if tile.is_full() { FOR_EVER } else { ASK_AGAIN };
                    answer(BYTES, keep, bytes)
                }),
                Self::Inclusion(sequence) => log.inclusion(*sequence, size)?.map(text),
                Self::Consistency(old) => log.consistency(*old, size)?.map(text),
            })
        })
    }
}

/// A number in its one spelling.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

fn text(text: String) -> Response {
    answer(TEXT, ASK_AGAIN, text.into_bytes())
}

fn answer(kind: &'static str, keep: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    for (name, value) in [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_spelling() {
        assert_eq!(Public::parse("checkpoint"), Some(Public::Checkpoint));
        assert_eq!(Public::parse("proof/inclusion/0"), Some(Public::Inclusion(0)));
        assert_eq!(Public::parse("proof/consistency/17"), Some(Public::Consistency(17)));
        for path in ["tile/0/000", "tile/entries/x001/234.p/5"] {
            let Some(Public::Tile(tile)) = Public::parse(path) else { panic!("{path}") };
            assert_eq!(tile.to_string(), path);
        }
        for path in ["", "checkpoint/", "proof/inclusion/", "proof/inclusion/01", "proof/-1", "7"] {
            assert_eq!(Public::parse(path), None, "{path}");
        }
    }
}
