//! Where state lives, and making those folders for nobody else to read.

use std::ffi::OsString;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, Xdg};

use crate::failure::Failure;

/// Who chose the data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFrom {
    /// `--data`.
    Flag,
    /// A service manager, through STATE_DIRECTORY.
    Service,
    /// The user's own data folder.
    User,
}

/// The folder that holds all records and state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder {
    path: PathBuf,
    from: DataFrom,
}

impl DataFolder {
    /// The data folder: `--data`, else the service's state folder, else the user's.
    ///
    /// # Errors
    /// When there is no home folder to look in.
    pub fn find(flag: Option<&Path>) -> Result<Self, Failure> {
        Self::choose(flag, std::env::var_os("STATE_DIRECTORY"), || {
            Xdg::new().ok().map(|xdg| xdg.data_dir())
        })
    }

    fn choose(
        flag: Option<&Path>,
        service: Option<OsString>,
        user: impl FnOnce() -> Option<PathBuf>,
    ) -> Result<Self, Failure> {
        if let Some(path) = flag {
            if path.as_os_str().is_empty() {
                return Err(
                    Failure::usage("`--data` names no folder").help("give its path: `--data DIR`")
                );
            }
            return Ok(Self { path: path.into(), from: DataFrom::Flag });
        }
        // A service manager may give several folders, divided by colons; the first is ours.
        let service = service.as_ref().and_then(|paths| std::env::split_paths(paths).next());
        if let Some(path) = service.filter(|path| !path.as_os_str().is_empty()) {
            return Ok(Self { path, from: DataFrom::Service });
        }
        user().map(|data| Self { path: data.join("antipode"), from: DataFrom::User }).ok_or_else(
            || {
                Failure::usage("there is no home folder to keep records in")
                    .help("say where: `--data DIR`")
            },
        )
    }

    /// The folder. It need not exist yet.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who chose it.
    #[must_use]
    pub const fn from(&self) -> DataFrom {
        self.from
    }

    /// The folder under one name, whichever way it was reached; as it is while it is not there.
    #[must_use]
    pub fn canonical(&self) -> String {
        let path = std::fs::canonicalize(&self.path).or_else(|_| std::path::absolute(&self.path));
        path.as_deref().unwrap_or(&self.path).display().to_string()
    }

    /// Where the journals are.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// Where the keys of the people are, beside the journals and not in them.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.path.join("keys")
    }

    /// Where the decisions of the place are.
    #[must_use]
    pub fn site(&self) -> PathBuf {
        self.path.join("site.toml")
    }

    /// Where this person's file is.
    #[must_use]
    pub fn person(&self, name: &str) -> PathBuf {
        self.path.join("people").join(format!("{name}.toml"))
    }

    /// Where the files of the tables are.
    #[must_use]
    pub fn tables(&self) -> PathBuf {
        self.path.join("tables")
    }

    /// Where this table's file is.
    #[must_use]
    pub fn table(&self, name: &str) -> PathBuf {
        self.tables().join(format!("{name}.toml"))
    }

    /// Where the file of this model of a motor drive is.
    #[must_use]
    pub fn model(&self, name: &str) -> PathBuf {
        self.path.join("models").join(format!("{name}.toml"))
    }

    /// Where the guardian of this table listens.
    #[must_use]
    pub fn guardian(&self, table: &str) -> PathBuf {
        self.path.join("guardian").join(format!("{table}.sock"))
    }

    /// Where this table's commissioning record is.
    #[must_use]
    pub fn commissioning(&self, name: &str) -> PathBuf {
        self.path.join("commissioning").join(format!("{name}.toml"))
    }

    /// Makes the folder, readable by nobody else.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self) -> Result<(), Failure> {
        private(&self.path).map_err(|cause| {
            if self.path.is_dir() {
                // It is there: what failed is keeping others out of it.
                let path = self.path.display();
                return Failure::io(
                    format_args!("close the data folder `{path}` to other users"),
                    &cause,
                )
                .note("records are about people's health, so nobody else may read them")
                .help("take over the folder, or choose another one: `--data DIR`");
            }
            Failure::io(format_args!("make the data folder `{}`", self.path.display()), &cause)
                .help("choose another one: `--data DIR`")
        })
    }
}

/// The folders in which running sessions may listen, best first.
#[must_use]
pub fn socket_folders(data: &DataFolder) -> Vec<PathBuf> {
    let of_user = std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .map(|path| path.join("antipode"));
    [Some(PathBuf::from("/run/antipode")), of_user, Some(data.path().join("run"))]
        .into_iter()
        .flatten()
        .collect()
}

/// Makes `path` and what is above it; `path` itself becomes readable by its owner alone, whoever
/// made it, since records are about people's health.
///
/// # Errors
/// What the system says.
pub fn private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    let mut rights = std::fs::metadata(path)?.permissions();
    if rights.mode() & 0o077 != 0 {
        rights.set_mode(rights.mode() & !0o077);
        std::fs::set_permissions(path, rights)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> Option<PathBuf> {
        Some("/home/user/.local/share".into())
    }

    #[test]
    fn flag_beats_service_beats_user() {
        let choose = |flag: Option<&str>, service: Option<&str>| {
            let folder =
                DataFolder::choose(flag.map(Path::new), service.map(OsString::from), user).unwrap();
            (folder.path().display().to_string(), folder.from())
        };
        assert_eq!(choose(Some("a"), Some("/b")), ("a".into(), DataFrom::Flag));
        assert_eq!(choose(None, Some("/b:/c")), ("/b".into(), DataFrom::Service));
        assert_eq!(choose(None, Some("")).1, DataFrom::User);
        assert_eq!(choose(None, None).0, "/home/user/.local/share/antipode");
    }

    #[test]
    fn without_a_home_the_message_says_what_to_do() {
        let failure = DataFolder::choose(None, None, || None).unwrap_err();
        assert_eq!(failure.exit().code(), 2);
    }

    #[test]
    fn private_folder_is_closed_to_others_even_if_it_was_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        private(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        private(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
