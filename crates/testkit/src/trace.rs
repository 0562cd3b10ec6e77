//! System calls of the binary, and what they must show before an acknowledgement.
//!
//! The rule: an acknowledgement of sequence *n* is written to standard output only after a
//! checkpoint over more than *n* entries was written, synced, renamed into place and its
//! folder synced; and when that checkpoint was written, every write to the write-ahead log
//! before it had been synced.

use std::collections::HashMap;
use std::path::Path;

use crate::process::Tanheng;

const CALLS: &str = "trace=fsync,fdatasync,write,pwrite64,rename,renameat,renameat2";
const WAL: &str = "/book.db-wal";
const NEW: &str = "/log.new";
const KEPT: &str = "/log.checkpoint";

/// What a trace shows.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Acknowledgements.
    pub acknowledged: usize,
    /// Writes to the write-ahead log.
    pub wal_writes: usize,
    /// Syncs of it.
    pub wal_syncs: usize,
    /// Checkpoints that were put in place.
    pub checkpoints: usize,
    /// What broke the rule.
    pub violations: Vec<String>,
}

/// Runs a command under `strace` and checks its trace, which is kept in `file`.
///
/// # Panics
/// When `strace` or the command fails.
#[must_use]
pub fn traced(tanheng: &Tanheng, arguments: &[&str], file: &Path) -> Checked {
    let inner = tanheng.command(arguments);
    let mut outer = std::process::Command::new("strace");
    outer.args(["-f", "-y", "-s", "8192", "-e", CALLS, "-o"]).arg(file).arg(inner.get_program());
    let output = outer.args(inner.get_args()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    check(&std::fs::read_to_string(file).unwrap())
}

/// Checks a trace as `strace -f -y` writes it.
///
/// # Panics
/// When an acknowledgement or a checkpoint in it cannot be read.
#[must_use]
pub fn check(trace: &str) -> Checked {
    let mut watch = Watch::default();
    for line in trace.lines() {
        // `1234  call(…) = 0`, `1234 call(… <unfinished ...>`, `1234 <... call resumed>) = 0`
        let (thread, rest) = line.trim_start().split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim_start();
        if let Some(resumed) = rest.strip_prefix("<... ") {
            if let Some(call) = watch.unfinished.remove(thread) {
                watch.end(&call, succeeded(resumed));
            }
            continue;
        }
        let Some(call) = Call::read(rest, &watch) else { continue };
        watch.begin(&call);
        if rest.ends_with("<unfinished ...>") {
            watch.unfinished.insert(thread.to_owned(), call);
        } else {
            watch.end(&call, succeeded(rest));
        }
    }
    watch.checked
}

fn succeeded(line: &str) -> bool {
    line.rsplit_once(" = ").is_some_and(|(_, result)| !result.starts_with('-'))
}

#[derive(Debug, Clone)]
enum Call {
    Write {
        path: String,
        content: String,
    },
    /// With the number of writes to the file that it covers.
    Sync {
        path: String,
        writes: usize,
    },
    Rename {
        arguments: String,
    },
}

impl Call {
    fn read(line: &str, watch: &Watch) -> Option<Self> {
        let (name, arguments) = line.split_once('(')?;
        if name.starts_with("rename") {
            return Some(Self::Rename { arguments: arguments.to_owned() });
        }
        let (descriptor, rest) = arguments.split_once('<')?;
        let (path, content) = rest.split_once('>')?;
        let path = if descriptor == "1" { "stdout" } else { path }.to_owned();
        match name {
            "write" | "pwrite64" => Some(Self::Write { path, content: content.to_owned() }),
            "fsync" | "fdatasync" => {
                let writes = watch.files.get(&path).map_or(0, |file| file.written);
                Some(Self::Sync { path, writes })
            }
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
struct File {
    written: usize,
    synced: usize,
}

#[derive(Debug, Default)]
struct Watch {
    checked: Checked,
    files: HashMap<String, File>,
    unfinished: HashMap<String, Call>,
    /// Size in the checkpoint that was written last, and whether the log was synced then.
    draft: Option<(i64, bool)>,
    /// Size of the checkpoint in place, and its folder, which is not synced yet.
    placed: Option<(i64, String)>,
    /// Entries under a durable checkpoint.
    covered: i64,
}

impl Watch {
    fn dirty(&self, ending: &str) -> bool {
        let mut files = self.files.iter();
        files.any(|(path, file)| path.ends_with(ending) && file.synced < file.written)
    }

    fn begin(&mut self, call: &Call) {
        let Call::Write { path, content } = call else { return };
        if path == "stdout" {
            return self.told(content);
        }
        self.files.entry(path.clone()).or_default().written += 1;
        if path.ends_with(WAL) {
            self.checked.wal_writes += 1;
        }
        if path.ends_with(NEW) && !path.contains("/keys/") {
            let clean = !self.dirty(WAL);
            if !clean {
                let what = "a checkpoint was written before the write-ahead log was synced";
                self.checked.violations.push(what.to_owned());
            }
            self.draft = Some((size_in(content), clean));
        }
    }

    fn end(&mut self, call: &Call, succeeded: bool) {
        if !succeeded {
            return;
        }
        match call {
            Call::Write { .. } => {}
            Call::Sync { path, writes } => {
                if path.ends_with(WAL) {
                    self.checked.wal_syncs += 1;
                }
                let file = self.files.entry(path.clone()).or_default();
                file.synced = file.synced.max(*writes);
                // The renaming is on disk with the folder.
                if let Some((size, _)) = self.placed.take_if(|(_, folder)| folder == path) {
                    self.covered = self.covered.max(size);
                }
            }
            Call::Rename { arguments } if arguments.contains(&format!("{KEPT}\"")) => {
                if self.dirty(NEW) {
                    let what = "a checkpoint was put in place before it was synced";
                    self.checked.violations.push(what.to_owned());
                }
                self.checked.checkpoints += 1;
                let folder = arguments.rsplit('"').nth(1).and_then(|path| path.strip_suffix(KEPT));
                if let (Some((size, true)), Some(folder)) = (self.draft.take(), folder) {
                    self.placed = Some((size, folder.to_owned()));
                }
            }
            Call::Rename { .. } => {}
        }
    }

    /// Standard output: every sequence that it acknowledges is covered.
    fn told(&mut self, content: &str) {
        for rest in content.split("\\\"sequence\\\":").skip(1) {
            let digits = rest.trim_start().chars().take_while(char::is_ascii_digit);
            let sequence: i64 = digits.collect::<String>().parse().unwrap();
            self.checked.acknowledged += 1;
            if sequence >= self.covered {
                let what = format!("{sequence} was acknowledged, {} were on disk", self.covered);
                self.checked.violations.push(what);
            }
        }
    }
}

/// The second line of a checkpoint.
fn size_in(content: &str) -> i64 {
    let line = content.split("\\n").nth(1);
    line.and_then(|line| line.parse().ok()).unwrap_or_else(|| panic!("no checkpoint: {content}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: &str = r#"7 pwrite64(5</d/book.db-wal>, "x"..., 24, 0) = 24"#;
    const SYNC: &str = "7 fdatasync(5</d/book.db-wal>) = 0";
    const DRAFT: &str = r#"7 write(6</d/log.new>, "origin\n4\nroot\n", 14) = 14"#;
    const DRAFT_SYNC: &str = "7 fsync(6</d/log.new>) = 0";
    const PLACE: &str = r#"7 rename("/d/log.new", "/d/log.checkpoint") = 0"#;
    const FOLDER: &str = "7 fsync(6</d>) = 0";
    const TELL: &str =
        r#"6 write(1<pipe:[1]>, "{\"acknowledged\":{\"leaf\":\"00\",\"sequence\":3}}\n", 50) = 50"#;

    fn violations(lines: &[&str]) -> Vec<String> {
        check(&lines.join("\n")).violations
    }

    #[test]
    fn the_order_of_durable_work_passes() {
        let lines = [WRITE, SYNC, DRAFT, DRAFT_SYNC, PLACE, FOLDER, TELL];
        let checked = check(&lines.join("\n"));
        assert_eq!(checked.violations, Vec::<String>::new());
        let counts = (checked.acknowledged, checked.wal_writes, checked.wal_syncs);
        assert_eq!((counts, checked.checkpoints), ((1, 1, 1), 1));
    }

    #[test]
    fn every_step_that_is_missing_or_late_is_a_violation() {
        let all = [WRITE, SYNC, DRAFT, DRAFT_SYNC, PLACE, FOLDER, TELL];
        for missing in 1..6 {
            let lines: Vec<&str> =
                all.iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, l)| *l).collect();
            assert!(!violations(&lines).is_empty(), "without {}", all[missing]);
            let mut late = lines.clone();
            late.push(all[missing]);
            assert!(!violations(&late).is_empty(), "late {}", all[missing]);
        }
        assert!(
            !violations(&[WRITE, SYNC, WRITE, DRAFT, DRAFT_SYNC, PLACE, FOLDER, TELL]).is_empty()
        );
        let beyond = TELL.replace(":3}", ":4}");
        assert!(!violations(&[WRITE, SYNC, DRAFT, DRAFT_SYNC, PLACE, FOLDER, &beyond]).is_empty());
    }

    #[test]
    fn a_sync_counts_when_it_ends_and_only_if_it_succeeds() {
        let begun = "7 fdatasync(5</d/book.db-wal> <unfinished ...>";
        let ended = "7 <... fdatasync resumed>) = 0";
        let failed = "7 <... fdatasync resumed>) = -1 EIO (Input/output error)";
        let rest = [DRAFT_SYNC, PLACE, FOLDER, TELL];
        let with = |middle: &[&str]| violations(&[&[WRITE], middle, &rest].concat());
        assert!(with(&[begun, ended, DRAFT]).is_empty());
        assert!(!with(&[begun, DRAFT, ended]).is_empty());
        assert!(!with(&[begun, failed, DRAFT]).is_empty());
        assert!(!with(&[begun, WRITE, ended, DRAFT]).is_empty(), "a write during the sync");
    }
}
