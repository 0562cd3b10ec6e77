//! The real binary as a process: started, listened to, killed, asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value as Json;
use tanheng_evidence::Entry;
use tanheng_store::{Address, Database, journal};

/// What was acknowledged: sequence → hash of the leaf, in hexadecimal.
pub type Acknowledged = BTreeMap<i64, String>;

/// What a run of the binary yielded.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// The binary with a data folder.
#[derive(Debug, Clone)]
pub struct Tanheng {
    /// The binary.
    pub binary: PathBuf,
    /// The data folder.
    pub data: PathBuf,
    /// The address of the database, where it is none in the folder.
    pub database: Option<String>,
}

impl Tanheng {
    /// The binary with a data folder.
    #[must_use]
    pub fn new(binary: &str, data: &Path) -> Self {
        Self { binary: binary.into(), data: data.to_owned(), database: None }
    }

    /// The same with a database on a server.
    #[must_use]
    pub fn on(self, database: Option<String>) -> Self {
        Self { database, ..self }
    }

    /// A command on the data folder.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--data").arg(&self.data).stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command
    }

    /// Runs a command to its end.
    ///
    /// # Panics
    /// When the binary cannot be started.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Starts a command that acknowledges line by line.
    ///
    /// # Panics
    /// When the binary cannot be started.
    #[must_use]
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let heard = Arc::new(Mutex::new(Acknowledged::new()));
        let (silent, silence) = channel::<()>();
        let listener = {
            let heard = Arc::clone(&heard);
            std::thread::spawn(move || {
                listen(BufReader::new(stdout), &heard);
                drop(silent);
            })
        };
        let complaints = std::thread::spawn(move || {
            let mut text = Vec::new();
            drop(stderr.read_to_end(&mut text));
            String::from_utf8_lossy(&text).into_owned()
        });
        Running { child, heard, silence, listener, complaints }
    }

    /// What the journal on disk holds, read beside the process or after its death: each
    /// sequence with the hash of its leaf.
    ///
    /// # Panics
    /// When the sequences have a gap, the head says otherwise, or an entry lacks its openings:
    /// half a command.
    #[must_use]
    pub fn journal(&self) -> Acknowledged {
        let address = match &self.database {
            Some(database) => Address::server(database, None).unwrap(),
            None => Address::file(self.data.join("book.db")),
        };
        if address.path().is_some_and(|path| !path.exists()) {
            return Acknowledged::new();
        }
        let sql = Database::open_read_only(&address).unwrap();
        if !sql.tables().unwrap().contains_key("head") {
            return Acknowledged::new();
        }
        let read = sql.read(|sql| {
            let entries = journal::entries(sql, 0, i64::MAX)?;
            assert!((0..).zip(&entries).all(|(n, (sequence, _))| n == *sequence), "a gap");
            let count = i64::try_from(entries.len()).unwrap();
            assert_eq!(journal::head(sql)?.size, count, "head and journal");
            assert_eq!(journal::count(sql, "opening")?, count * 2, "openings");
            let hex = |leaf: &[u8]| -> String {
                Entry::decode(leaf)
                    .unwrap()
                    .leaf_hash()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect()
            };
            let hashed = entries.into_iter().map(|(sequence, leaf)| (sequence, hex(&leaf)));
            Ok::<_, tanheng_store::StoreError>(hashed.collect())
        });
        read.unwrap()
    }
}

fn listen(mut stdout: impl BufRead, heard: &Mutex<Acknowledged>) {
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line that was cut off by the death of the process acknowledges nothing.
        match stdout.read_until(b'\n', &mut line) {
            Ok(length) if length > 0 && line.ends_with(b"\n") => {}
            _ => return,
        }
        let Ok(told) = serde_json::from_slice::<Json>(&line) else { continue };
        let told = &told["acknowledged"];
        if let (Some(sequence), Some(leaf)) = (told["sequence"].as_i64(), told["leaf"].as_str()) {
            heard.lock().unwrap().insert(sequence, leaf.to_owned());
        }
    }
}

/// A running process.
#[derive(Debug)]
pub struct Running {
    child: Child,
    heard: Arc<Mutex<Acknowledged>>,
    /// Closed when the process closes its standard output.
    silence: Receiver<()>,
    listener: JoinHandle<()>,
    complaints: JoinHandle<String>,
}

/// How a process ended that was to be killed.
#[derive(Debug)]
pub struct Ended {
    /// What it had acknowledged.
    pub acknowledged: Acknowledged,
    /// It had come to its end before it could be killed, with this exit code.
    pub finished: Option<i32>,
    /// What it wrote to standard error.
    pub complaints: String,
}

impl Running {
    /// Waits until so many entries were acknowledged, or the process has come to its end.
    ///
    /// # Panics
    /// When the listener has panicked.
    pub fn wait_for(&self, count: usize) {
        let beat = Duration::from_millis(1);
        while self.heard.lock().unwrap().len() < count
            && self.silence.recv_timeout(beat) == Err(RecvTimeoutError::Timeout)
        {}
    }

    /// How many entries were acknowledged so far.
    ///
    /// # Panics
    /// When the listener has panicked.
    #[must_use]
    pub fn heard(&self) -> usize {
        self.heard.lock().unwrap().len()
    }

    /// Whether the process has come to its end.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.listener.is_finished()
    }

    /// Kills the process at once (SIGKILL) after a while, unless it comes to its end before:
    /// no destructor runs, no file is closed in order.
    ///
    /// # Panics
    /// When it cannot be killed.
    #[must_use]
    pub fn kill_after(mut self, delay: Duration) -> Ended {
        if self.silence.recv_timeout(delay) == Err(RecvTimeoutError::Timeout) {
            self.child.kill().unwrap();
        }
        let status = self.child.wait().unwrap();
        self.listener.join().unwrap();
        let acknowledged = std::mem::take(&mut *self.heard.lock().unwrap());
        Ended { acknowledged, finished: status.code(), complaints: self.complaints.join().unwrap() }
    }
}
