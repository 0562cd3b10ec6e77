//! What the suites share that write to the disk: a folder for the run, and sums of turns.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tanheng_base::Text;

use super::{Rate, per_second};
use crate::cli::session::Failure;
use crate::clock::Stopwatch;

/// What every suite on the disk is told.
#[derive(Debug, Args)]
pub(super) struct How {
    /// 末行输出JSON。End with one line of JSON.
    #[arg(long)]
    pub(super) json: bool,

    /// 临时文件夹，测后删除；测的就是它所在的磁盘。A folder for the time of the run; its disk is
    /// what is measured.
    #[arg(long, value_name = "DIR", default_value = "tanheng-bench")]
    dir: PathBuf,
}

/// How often something was done in how long, over all turns.
pub(super) struct Turns {
    name: String,
    count: u64,
    time: Duration,
}

impl Turns {
    pub(super) fn of(name: impl Into<String>) -> Self {
        Self { name: name.into(), count: 0, time: Duration::ZERO }
    }

    /// Does something and measures it; it says for how many it counts.
    pub(super) fn measure<E>(&mut self, work: impl FnOnce() -> Result<u64, E>) -> Result<(), E> {
        let watch = Stopwatch::start();
        self.count += work()?;
        self.time += watch.elapsed();
        Ok(())
    }

    /// All the time it took.
    pub(super) fn time(&self) -> Duration {
        self.time
    }

    pub(super) fn rate(&self) -> Rate {
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        Rate { name: self.name.clone(), per_second: per_second(count, self.time) }
    }
}

/// A folder that is gone when the run is over.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new(how: &How) -> Result<Self, Failure> {
        std::fs::create_dir(&how.dir).map_err(|error| refused(&how.dir, &error))?;
        Ok(Self(how.dir.clone()))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // what is left lies in a folder that says what it is
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// The folder cannot be used.
pub(super) fn refused(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    Failure::new(
        "bench.folder",
        Text::new(
            format!("不能使用文件夹 `{path}`：{error}"),
            format!("the folder `{path}` cannot be used: {error}"),
        ),
        Text::new(
            "请用 --dir 给出一个尚不存在的文件夹",
            "name a folder with --dir that does not exist yet",
        ),
    )
}
