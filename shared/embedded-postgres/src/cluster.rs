//! A new database cluster.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::process::Stdio;

use crate::error::while_doing;
use crate::folder::Folder;
use crate::programs::Programs;
use crate::psql::ROLE;
use crate::{Settings, StartError, password};

/// Creates the folder's cluster if it has none; answers whether it did.
///
/// `initdb` works beside the final place, and the result is moved there: whoever is killed in
/// the middle leaves no half-made cluster that looks like one.
pub(crate) fn ensure(
    folder: &Folder,
    programs: &Programs,
    settings: &Settings,
) -> Result<bool, StartError> {
    if folder.cluster().exists() {
        return Ok(false);
    }
    password::make(folder)?;
    let draft = folder.root().join("cluster.new");
    let doing = || while_doing(format!("preparing {}", draft.display()));
    match fs::remove_dir_all(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(doing()(error)),
        _ => {}
    }
    DirBuilder::new()
        .mode(0o700)
        .create(&draft)
        .map_err(doing())?;
    folder.give(&draft).map_err(doing())?;

    let mut initdb = programs.command("initdb");
    initdb
        .args([
            "--username",
            ROLE,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
        ])
        .arg("--no-instructions")
        .arg("--pwfile")
        .arg(folder.password_file())
        .arg("--pgdata")
        .arg(&draft);
    // What is kept is worth noticing when the disk returns something else.
    initdb.arg(if settings.durable {
        "--data-checksums"
    } else {
        "--no-sync"
    });
    let output = initdb
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .map_err(while_doing("running initdb"))?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(StartError::Create {
            folder: folder.root().to_path_buf(),
            output,
        });
    }
    fs::rename(&draft, folder.cluster()).map_err(doing())?;
    Ok(true)
}
