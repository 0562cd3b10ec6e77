//! Other programs that are measured beside ours: each runs in its own process and environment, and
//! does a round whenever it is told to.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value as Json;

/// A peer that is running, its data ready.
pub(super) struct Peer {
    pub(super) name: String,
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// The Python of the peers' own environment.
fn python(folder: &Path) -> PathBuf {
    folder.join(".venv/bin/python")
}

impl Peer {
    /// Starts the script of a peer; none where its environment is not there, or what it needs is
    /// not installed in it.
    pub(super) fn start(folder: &Path, script: &str, arguments: &[String]) -> Option<Peer> {
        let script = folder.join(script);
        let mut child = Command::new(python(folder))
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let (orders, answers) = (child.stdin.take()?, child.stdout.take()?);
        let mut peer =
            Peer { name: String::new(), child, orders, answers: BufReader::new(answers) };
        peer.name = peer.answer()?.get("ready")?.as_str()?.to_owned();
        Some(peer)
    }

    fn answer(&mut self) -> Option<Json> {
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        serde_json::from_str(&line).ok()
    }

    fn order(&mut self, word: &str) -> Option<Json> {
        writeln!(self.orders, "{word}").ok()?;
        self.orders.flush().ok()?;
        self.answer()
    }

    /// One round: how many records, in what time.
    pub(super) fn round(&mut self) -> Option<(usize, Duration)> {
        let answer = self.order("round")?;
        let records = usize::try_from(answer.get("records")?.as_u64()?).ok()?;
        Some((records, Duration::from_nanos(answer.get("nanoseconds")?.as_u64()?)))
    }

    /// The first results, in units of the last place.
    pub(super) fn sample(&mut self, records: usize) -> Option<Vec<i64>> {
        let answer = self.order(&format!("sample {records}"))?;
        answer.get("results")?.as_array()?.iter().map(Json::as_i64).collect()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have gone by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
