//! Where a database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode};

use crate::StoreError;

/// How long to wait for a server to answer a new connection, unless the address says so.
const CONNECT: Duration = Duration::from_secs(10);
/// A connection on which nothing came for so long is asked whether it is alive.
const SILENCE: Duration = Duration::from_secs(30);
/// How long what was sent may stay unconfirmed by the other machine.
const UNCONFIRMED: Duration = Duration::from_secs(30);

const PREFIXES: [&str; 2] = ["postgres://", "postgresql://"];

/// A file, or a database on a server. The password is kept apart from the rest and is
/// never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) place: Place,
    password: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Place {
    File(PathBuf),
    /// An address without a password.
    Server(String),
}

impl Address {
    /// A database file.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { place: Place::File(path.into()), password: None }
    }

    /// A database on a server: `postgres://USER@HOST:PORT/NAME`, or
    /// `postgres:///NAME?host=/FOLDER&user=USER` for a Unix socket. `password` serves where
    /// the address itself holds none.
    ///
    /// # Errors
    /// [`StoreError::Address`] when it cannot be read, or leads to another machine without
    /// saying that nothing on the way is encrypted.
    pub fn server(text: &str, password: Option<&str>) -> Result<Self, StoreError> {
        let config: Config = text.parse().map_err(|error| malformed(&error))?;
        let rest = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix));
        let rest = rest.ok_or(StoreError::Address {
            reason: "it does not begin with postgres://".to_owned(),
        })?;
        let bare = format!("{}{}", PREFIXES[0], without_password(rest));
        // Read back: what is shown and remembered holds no password, however it was written.
        let shown: Config = bare.parse().map_err(|error| malformed(&error))?;
        let hosts_alike = shown.get_hosts() == config.get_hosts();
        if shown.get_password().is_some() || !hosts_alike || bare.matches('@').count() > 1 {
            let reason = "a password in it must have its @ : / ? # % & written as %40 and so on";
            return Err(StoreError::Address { reason: reason.to_owned() });
        }
        reachable(&config)?;
        let own = config.get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let password = own.or_else(|| password.map(str::to_owned));
        Ok(Self { place: Place::Server(bare), password })
    }

    /// The file, if it is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Server(_) => None,
        }
    }

    /// Whether both lead to the same place, by whatever password.
    #[must_use]
    pub fn same_place(&self, other: &Self) -> bool {
        self.place == other.place
    }

    /// What the driver is told for an address of a server.
    pub(crate) fn config(&self) -> Result<Config, StoreError> {
        let Place::Server(text) = &self.place else {
            return Err(StoreError::Address { reason: "it is a file".to_owned() });
        };
        let mut config: Config = text.parse().map_err(|error| malformed(&error))?;
        if let Some(password) = &self.password {
            config.password(password);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.keepalives_idle(SILENCE).tcp_user_timeout(UNCONFIRMED);
        config.application_name("tanheng");
        Ok(config)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File(path) => write!(f, "{}", path.display()),
            Place::Server(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// What follows the prefix, without the password of the user part and of the options.
fn without_password(rest: &str) -> String {
    let (user, rest) = match rest.split_once('@') {
        Some((user, rest)) => (Some(user.split(':').next().unwrap_or_default()), rest),
        None => (None, rest),
    };
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    let kept: Vec<&str> = options
        .split('&')
        .filter(|option| !option.is_empty() && !option.starts_with("password="))
        .collect();
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    match kept.is_empty() {
        true => format!("{user}{place}"),
        false => format!("{user}{place}?{}", kept.join("&")),
    }
}

/// The driver encrypts nothing. What leaves the machine holds trade secrets, so that whoever
/// wants it has to say that the way is safe by other means.
fn reachable(config: &Config) -> Result<(), StoreError> {
    let here = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let reason = if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        "it names no host; for a Unix socket add ?host=/FOLDER"
    } else if config.get_ssl_mode() == SslMode::Require {
        "connections are not encrypted by this program: go through a tunnel and say \
         sslmode=disable"
    } else if config.get_ssl_mode() != SslMode::Disable
        && !(config.get_hosts().iter().all(here)
            && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback))
    {
        "it leads to another machine, and the connection would not be encrypted: use a tunnel, \
         or add ?sslmode=disable where the network itself is protected"
    } else {
        return Ok(());
    };
    Err(StoreError::Address { reason: reason.to_owned() })
}

/// The driver's reason; it names options, never values.
fn malformed(error: &postgres::Error) -> StoreError {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    StoreError::Address { reason: cause.unwrap_or_else(|| error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "geheim";

    #[test]
    fn no_password_is_shown_or_remembered() {
        for (text, shown) in [
            ("postgres://u:geheim@localhost:5433/book", "postgres://u@localhost:5433/book"),
            ("postgresql://u:geheim@127.0.0.1/book", "postgres://u@127.0.0.1/book"),
            (
                "postgres:///book?host=/run/pg&password=geheim&user=u",
                "postgres:///book?host=/run/pg&user=u",
            ),
            ("postgres://u:geheim@%2Frun%2Fpg/book", "postgres://u@%2Frun%2Fpg/book"),
            ("postgres://u:geheim%40x@[::1]/book?password=geheim", "postgres://u@[::1]/book"),
        ] {
            let address = Address::server(text, None).unwrap();
            assert_eq!(address.to_string(), shown);
            assert!(!format!("{address:?}").contains(PASSWORD));
            let again = Address::server(shown, Some("other")).unwrap();
            assert!(again.same_place(&address));
            let password = address.config().unwrap().get_password().map(<[u8]>::to_vec);
            assert!(password.unwrap().starts_with(PASSWORD.as_bytes()));
            let given = again.config().unwrap().get_password().map(<[u8]>::to_vec);
            assert_eq!(given.as_deref(), Some(&b"other"[..]));
        }
    }

    #[test]
    fn what_is_refused_does_not_show_the_password_either() {
        for text in [
            "postgres://u:geheim@x@localhost/book",
            "postgres://u:geheim@localhost:port/book",
            "postgres:///book?p%61ssword=geheim&host=/run",
            "postgres://u:geheim@localhost/book?nonsense=1",
            "postgres://u:geheim@db.example/book",
            "postgres://u:geheim@db.example/book?sslmode=require",
            "postgres://u:geheim@localhost/book?hostaddr=192.0.2.1",
            "host=localhost password=geheim",
            "mysql://u:geheim@localhost/book",
            "postgres:///book?password=geheim",
        ] {
            let refused = Address::server(text, None).unwrap_err();
            assert!(matches!(refused, StoreError::Address { .. }), "{text}: {refused}");
            assert!(!refused.to_string().contains(PASSWORD), "{refused}");
        }
        assert!(Address::server("postgres://u@db.example/book?sslmode=disable", None).is_ok());
    }
}
