//! Where a table comes from and where its results go.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tanheng_base::Text;

use super::super::super::progress::Bar;
use super::super::super::session::{Failure, Session};

/// Stands for standard input or output.
const STANDARD: &str = "-";

/// Where rows come from.
pub(super) struct Source {
    read: Box<dyn Read>,
    length: Option<u64>,
}

/// A source that counts what was read.
pub(super) struct Counted {
    read: Box<dyn Read>,
    count: Rc<Cell<u64>>,
}

impl Counted {
    pub(super) fn count(&self) -> u64 {
        self.count.get()
    }
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.read.read(into)?;
        let more = u64::try_from(read).unwrap_or(u64::MAX);
        self.count.set(self.count.get().saturating_add(more));
        Ok(read)
    }
}

impl Source {
    pub(super) fn open(from: &Path) -> Result<Source, Failure> {
        if from == Path::new(STANDARD) {
            return Ok(Source { read: Box::new(io::stdin()), length: None });
        }
        let file = File::open(from).and_then(|file| {
            let metadata = file.metadata()?;
            if metadata.is_dir() {
                Err(io::ErrorKind::IsADirectory.into())
            } else {
                Ok((file, metadata))
            }
        });
        let (file, metadata) = file.map_err(|error| unreadable(from, &error))?;
        Ok(Source { read: Box::new(BufReader::new(file)), length: Some(metadata.len()) })
    }

    pub(super) fn counted(self) -> Counted {
        Counted { read: self.read, count: Rc::default() }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    let (message, remedy) = match error.kind() {
        io::ErrorKind::NotFound => (
            Text::new(format!("没有文件 `{path}`"), format!("there is no file `{path}`")),
            Text::new("核对路径", "check the path"),
        ),
        _ => (
            Text::new(
                format!("文件 `{path}` 读不了：{error}"),
                format!("the file `{path}` cannot be read: {error}"),
            ),
            Text::new("核对文件和权限", "check the file and its permissions"),
        ),
    };
    Failure::new("csv.unreadable", message, remedy)
}

/// What is told when the output cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    let message = Text::new(
        format!("`{path}` 写不下去：{error}"),
        format!("`{path}` cannot be written: {error}"),
    );
    let remedy =
        Text::new("核对文件夹、权限和磁盘空间", "check the folder, its permissions and the disk");
    Failure::new("csv.unwritable", message, remedy)
}

/// Where results go: a file appears under its name only when it is whole.
pub(super) enum Target {
    Standard(BufWriter<io::Stdout>),
    File { write: BufWriter<File>, beside: PathBuf, path: PathBuf, whole: bool },
}

impl Target {
    pub(super) fn create(to: &Path) -> Result<Target, Failure> {
        if to == Path::new(STANDARD) {
            return Ok(Target::Standard(BufWriter::new(io::stdout())));
        }
        let Some(name) = to.file_name() else {
            return Err(unwritable(to, &io::ErrorKind::IsADirectory.into()));
        };
        let mut own = name.to_owned();
        own.push(format!(".{}.part", std::process::id()));
        let beside = to.with_file_name(own);
        let file = File::create(&beside).map_err(|error| unwritable(to, &error))?;
        let write = BufWriter::with_capacity(1 << 16, file);
        Ok(Target::File { write, beside, path: to.to_owned(), whole: false })
    }

    /// Makes the file appear.
    pub(super) fn finish(mut self, session: &mut Session<'_>) -> io::Result<()> {
        match &mut self {
            // Who has closed the pipe has read enough.
            Target::Standard(write) => match write.flush() {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                other => {
                    other?;
                    session.flush();
                }
            },
            Target::File { write, beside, path, whole } => {
                write.flush()?;
                write.get_ref().sync_all()?;
                fs::rename(&*beside, &*path)?;
                *whole = true;
            }
        }
        Ok(())
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Standard(write) => write.write(bytes),
            Target::File { write, .. } => write.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Standard(write) => write.flush(),
            Target::File { write, .. } => write.flush(),
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Target::File { beside, whole: false, .. } = self {
            // Nothing but what was begun here; when it cannot be removed, its name tells what it is.
            let _ = fs::remove_file(beside);
        }
    }
}

/// How far the work is, where the length is known and nothing else is written to the terminal.
pub(super) struct Progress {
    bar: Option<Bar>,
    length: u64,
}

impl Progress {
    pub(super) fn new(source: &Source, to: &Path, session: &Session<'_>) -> Progress {
        let length = source.length.filter(|_| to != Path::new(STANDARD));
        let bar = length.map(|_| Bar::new(session.pick("计算", "computing")));
        Progress { bar, length: length.unwrap_or_default() }
    }

    pub(super) fn set(&mut self, read: u64) {
        if let Some(bar) = &mut self.bar {
            let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            bar.set(signed(read), signed(self.length));
        }
    }

    pub(super) fn finish(&mut self) {
        if let Some(bar) = &mut self.bar {
            bar.finish();
        }
    }
}
