//! A file in the user's state folder that nobody else can read. It is replaced as a whole, under a
//! lock, so that no reader sees a half and two processes do not lose each other's changes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long another process may hold a file before we give up on writing it.
const PATIENCE: Duration = Duration::from_millis(200);

/// The file, wherever it is.
#[derive(Clone, Debug)]
pub(crate) struct PrivateFile(PathBuf);

impl PrivateFile {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// What is in it; `None` if there is no such file yet.
    pub(crate) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(&self.0) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps other processes from changing it for as long as what is returned lives.
    pub(crate) fn lock(&self) -> io::Result<File> {
        create_private_folder(self.folder())?;
        let path = self.0.with_extension("lock");
        let mut options = File::options();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(fs::TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Puts `bytes` in its place.
    pub(crate) fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        // A temporary file is made with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(self.folder())?;
        file.write_all(bytes)?;
        file.persist(&self.0)?;
        Ok(())
    }

    fn folder(&self) -> &Path {
        self.0.parent().unwrap_or(Path::new("."))
    }
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
