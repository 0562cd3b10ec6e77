//! Where an auditor reads a log: a folder, or a server over plain HTTP. Nothing that comes from
//! there is believed before it was compared with a signed checkpoint.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

use tanheng_app::log::CHECKPOINT;
use tanheng_evidence::StorageError;
use tanheng_evidence::tiles::{MAX_BUNDLE_BYTES, Tile, TileSource};

/// After this an answer is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A log to read.
pub(super) enum Source {
    Folder(PathBuf),
    Server { prefix: String, agent: ureq::Agent },
}

impl Source {
    /// A URL or a folder.
    pub(super) fn new(place: &str) -> Self {
        if !place.starts_with("http://") {
            return Self::Folder(PathBuf::from(place));
        }
        // the format knows no redirects
        let config =
            ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build();
        let prefix = place.trim_end_matches('/').to_owned();
        Self::Server { prefix, agent: config.into() }
    }

    pub(super) fn checkpoint(&self) -> Result<String, StorageError> {
        Ok(String::from_utf8(self.read(CHECKPOINT)?)?)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, StorageError> {
        match self {
            Self::Folder(folder) => {
                let mut bytes = Vec::new();
                File::open(folder.join(path))?
                    .take(MAX_BUNDLE_BYTES + 1)
                    .read_to_end(&mut bytes)?;
                match u64::try_from(bytes.len()) {
                    Ok(length) if length <= MAX_BUNDLE_BYTES => Ok(bytes),
                    _ => Err(io::Error::from(io::ErrorKind::FileTooLarge).into()),
                }
            }
            Self::Server { prefix, agent } => {
                let mut response = agent.get(format!("{prefix}/{path}")).call()?;
                if response.status() != 200 {
                    return Err(format!("the server answers {}", response.status()).into());
                }
                Ok(response.body_mut().with_config().limit(MAX_BUNDLE_BYTES).read_to_vec()?)
            }
        }
    }
}

impl TileSource for Source {
    fn fetch(&self, tile: &Tile) -> Result<Vec<u8>, StorageError> {
        self.read(&tile.to_string())
    }
}
