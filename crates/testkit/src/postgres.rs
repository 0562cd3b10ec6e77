//! A PostgreSQL server of the tests' own: Unix socket only, in a temporary folder, gone when
//! the test binary ends, however it ends.
//!
//! A shell stands beside the server and reads from a pipe that the test binary holds. When
//! the pipe closes, because the test asked for it, panicked or was killed, the shell stops the
//! server and removes the folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use crate::program::{found_or_said, required};

/// The name under which tests connect; it owns everything.
const USER: &str = "tanheng";
/// The system account that runs the server where the tests are run by root, who may not.
const ACCOUNT: &str = "postgres";
const BEAT: Duration = Duration::from_millis(20);
/// Beats to wait for a start or a stop, recovery after a crash included.
const PATIENCE: u32 = 3_000;

/// Runs the server until standard input ends; `keep` leaves the folder for another start.
const SUPERVISOR: &str = r#"
trap "" INT HUP TERM
"$1" -D "$2/data" -k "$2" -c listen_addresses= </dev/null >>"$2/log" 2>&1 &
server=$!
read -r word
kill -QUIT "$server" 2>/dev/null
wait "$server"
[ "$word" = keep ] || rm -rf "$2"
"#;

/// A server with its folder.
#[derive(Debug)]
pub struct Server {
    programs: Programs,
    folder: PathBuf,
    supervisor: Mutex<Option<Child>>,
    databases: AtomicU32,
}

/// Where the programs of PostgreSQL lie.
#[derive(Debug, Clone)]
struct Programs {
    /// `None`: found by name.
    folder: Option<PathBuf>,
    /// The account to change to first.
    account: Option<&'static str>,
}

impl Server {
    /// The server that all tests of this binary share, or `None` where there is no
    /// PostgreSQL: then that is said, and the test may end.
    ///
    /// # Panics
    /// When `TANHENG_REQUIRE` names `postgres` and it is absent, or it cannot be started.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Server>> = OnceLock::new();
        SHARED.get_or_init(Self::of_its_own).as_ref()
    }

    /// A server for one test, which may do to it what it likes.
    ///
    /// # Panics
    /// As [`Self::shared`].
    #[must_use]
    pub fn of_its_own() -> Option<Self> {
        let programs = Programs::find();
        if !found_or_said("postgres", programs.is_some()) {
            return None;
        }
        let programs = programs?;
        // Short: the path of a socket has little more than a hundred bytes.
        let folder = tempfile::Builder::new().prefix("tanheng-pg-").tempdir().unwrap().keep();
        programs.give(&folder);
        let data = folder.join("data");
        let data = data.to_str().unwrap();
        let common = ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"];
        // Where it can be had, an order of texts that is not that of their bytes: whatever
        // does not ask for the order of bytes is found out.
        let linguistic = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh"];
        let made = programs.run("initdb", &[&common[..], &linguistic[..]].concat());
        if !made.status.success() {
            let _ = fs::remove_dir_all(data);
            let made = programs.run("initdb", &[&common[..], &["--locale=C"][..]].concat());
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        let server = Self {
            programs,
            folder,
            supervisor: Mutex::default(),
            databases: AtomicU32::default(),
        };
        server.start();
        Some(server)
    }

    /// The address of a new database.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn fresh_database(&self) -> String {
        let name = format!("book{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.address(&name)
    }

    /// The address of a database by its name.
    #[must_use]
    pub fn address(&self, database: &str) -> String {
        let folder = self.folder.display();
        format!("postgres:///{database}?host={folder}&user={USER}")
    }

    /// Runs a statement beside the program under test, on the database of an address or by
    /// its name, and gives what it returns as text.
    ///
    /// # Panics
    /// When it fails.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let name = database.strip_prefix("postgres:///").unwrap_or(database);
        let name = name.split('?').next().unwrap();
        let folder = self.folder.to_str().unwrap();
        let who = ["-h", folder, "-U", USER, "-d", name];
        let how = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement];
        let ran = self.programs.run("psql", &[&who[..], &how[..]].concat());
        assert!(ran.status.success(), "{statement}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).trim().to_owned()
    }

    /// Ends every connection to a database as an administrator would.
    ///
    /// # Panics
    /// When the server does not do it.
    pub fn end_connections(&self, database: &str) {
        let name = database.strip_prefix("postgres:///").unwrap_or(database);
        let name = name.split('?').next().unwrap();
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname =";
        self.sql("postgres", &format!("{end} '{name}'"));
    }

    /// The folder of the server, with its settings and data in `data`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server, after whatever end, and waits until it answers.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn start(&self) {
        let mut command = self.programs.command("sh");
        command.args(["-c", SUPERVISOR, "sh"]).arg(self.programs.path("postgres"));
        command.arg(&self.folder).stdin(Stdio::piped());
        let child = command.spawn().unwrap();
        *self.supervisor.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        self.wait("the server does not answer", || self.answers());
    }

    /// Stops the server as a failing machine would: nobody is waited for, nothing is put in
    /// order. Starting it again takes the recovery after a crash.
    ///
    /// # Panics
    /// When it cannot be stopped.
    pub fn stop(&self) {
        let child = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut child) = child {
            use std::io::Write;
            child.stdin.take().unwrap().write_all(b"keep\n").unwrap();
            child.wait().unwrap();
        }
    }

    /// Kills every process of the server at once (SIGKILL).
    ///
    /// # Panics
    /// When they cannot be found or outlive it.
    pub fn kill(&self) {
        let lock = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let first = lock.lines().next().unwrap().to_owned();
        let mut all = children(&first);
        all.insert(0, first);
        let mut kill = Command::new("kill");
        // One that was about to end anyway may be gone.
        let _ = kill.arg("-KILL").args(&all).stderr(Stdio::null()).status().unwrap();
        let gone = |id: &String| !Path::new("/proc").join(id).join("fd/0").exists();
        self.wait("a process outlives its killing", || all.iter().all(gone));
        self.stop();
    }

    fn answers(&self) -> bool {
        let folder = self.folder.to_str().unwrap();
        let asked =
            self.programs.run("psql", &["-h", folder, "-U", USER, "-d", "postgres", "-c", ""]);
        asked.status.success()
    }

    fn wait(&self, complaint: &str, done: impl Fn() -> bool) {
        let told = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let waited = (0..PATIENCE).any(|_| {
            let done = done();
            if !done {
                sleep(BEAT);
            }
            done
        });
        assert!(waited, "{complaint}: {}", told());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner).take();
        match child {
            Some(mut child) => {
                drop(child.stdin.take());
                drop(child.wait());
            }
            None => drop(fs::remove_dir_all(&self.folder)),
        }
    }
}

impl Programs {
    /// Those on the path, else the newest of where Debian puts them.
    fn find() -> Option<Self> {
        let account = (of_root() && required_account()).then_some(ACCOUNT);
        let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
            .map(|versions| versions.flatten().map(|entry| entry.path().join("bin")).collect())
            .unwrap_or_default();
        folders.sort_by_key(|folder| {
            let version = folder.parent().and_then(Path::file_name);
            version.and_then(|name| name.to_str()?.parse::<u32>().ok())
        });
        let places = std::iter::once(None).chain(folders.into_iter().rev().map(Some));
        let mut all = places.map(|folder| Self { folder, account });
        all.find(|programs| {
            let there = |name| {
                let mut command = programs.command(programs.path(name));
                command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
                command.status().is_ok_and(|status| status.success())
            };
            ["postgres", "initdb", "psql"].into_iter().all(there)
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.as_ref().map_or_else(|| name.into(), |folder| folder.join(name))
    }

    /// A command under the account of the server.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = match self.account {
            None => Command::new(program),
            Some(account) => {
                let mut command = Command::new("runuser");
                command.args(["-u", account, "--"]).arg(program);
                command
            }
        };
        // The tests may lie in a folder that the account may not enter.
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Output {
        self.command(self.path(name)).args(arguments).output().unwrap()
    }

    /// Lets the account of the server have a folder.
    fn give(&self, folder: &Path) {
        if let Some(account) = self.account {
            let given = Command::new("chown").arg(account).arg(folder).status().unwrap();
            assert!(given.success(), "{} cannot be given to {account}", folder.display());
        }
    }
}

fn of_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Whether the account is there; without it the program will not start, and say why.
fn required_account() -> bool {
    let asked = Command::new("id").arg(ACCOUNT).output();
    asked.is_ok_and(|answer| answer.status.success()) || required("postgres")
}

/// Processes whose parent is this one.
fn children(parent: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let id = entry.file_name().to_string_lossy().into_owned();
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // `id (name) state parent …`; the name may hold anything.
        let after = stat.rsplit_once(')').map(|(_, after)| after).unwrap_or_default();
        if id.bytes().all(|byte| byte.is_ascii_digit())
            && after.split_whitespace().nth(1) == Some(parent)
        {
            found.push(id);
        }
    }
    found
}
