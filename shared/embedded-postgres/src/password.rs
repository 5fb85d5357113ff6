//! The password of the role `engine`: made up with the cluster, kept beside it, mode 0600.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;

use crate::error::while_doing;
use crate::folder::Folder;
use crate::{StartError, random};

/// Makes up the password of a cluster that is about to be created.
pub(crate) fn make(folder: &Folder) -> Result<(), StartError> {
    let path = folder.password_file();
    // Complete or absent: a crash must not leave half a password.
    let draft = path.with_extension("new");
    let write = || -> io::Result<()> {
        if draft.exists() {
            fs::remove_file(&draft)?;
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(random::hex()?.as_bytes())?;
        // `initdb` reads it.
        folder.give(&draft)?;
        fs::rename(&draft, &path)
    };
    write().map_err(while_doing(format!(
        "keeping a password in {}",
        path.display()
    )))
}

/// The password of the cluster that exists.
pub(crate) fn read(folder: &Folder) -> Result<String, StartError> {
    let path = folder.password_file();
    match fs::read_to_string(&path) {
        Ok(password) => Ok(password.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(StartError::PasswordLost { password: path })
        }
        Err(error) => Err(while_doing(format!("reading {}", path.display()))(error)),
    }
}
