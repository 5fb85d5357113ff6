//! Whom PostgreSQL runs as. It refuses root, so an engine started by root must step down.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::StartError;

/// An unprivileged account that PostgreSQL runs as in place of root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// The account to step down to, or `None` when we are an ordinary user already.
    ///
    /// An existing cluster goes on under the account that owns it, because PostgreSQL refuses
    /// data of another owner.
    pub(crate) fn for_server(cluster: &Path) -> Result<Option<Self>, StartError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let owner = fs::metadata(cluster)
            .ok()
            .map(|meta| meta.uid())
            .filter(|uid| *uid != 0);
        let chosen = match owner {
            Some(uid) => find(&accounts, |account| account.uid == uid),
            None => ["postgres", "nobody"]
                .iter()
                .find_map(|name| find(&accounts, |account| account.name == *name)),
        };
        chosen.map(Some).ok_or(StartError::NoAccount)
    }

    /// The first folder on the way to `folder` that this account cannot enter.
    ///
    /// Looks at owner and mode only: the supplementary groups are dropped, and an access list
    /// that says otherwise is not seen.
    pub(crate) fn barrier(&self, folder: &Path) -> Option<PathBuf> {
        let mut way: Vec<&Path> = folder.ancestors().collect();
        way.reverse();
        way.into_iter()
            .find(|step| !self.may_enter(step))
            .map(Path::to_path_buf)
    }

    fn may_enter(&self, folder: &Path) -> bool {
        let Ok(meta) = fs::metadata(folder) else {
            return false;
        };
        let bit = if meta.uid() == self.uid {
            0o100
        } else if meta.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        meta.permissions().mode() & bit != 0
    }
}

fn find(passwd: &str, wanted: impl Fn(&Account) -> bool) -> Option<Account> {
    passwd.lines().filter_map(parse).find(wanted)
}

/// One line of `/etc/passwd`: `name:password:uid:gid:…`. Root is never an answer.
fn parse(line: &str) -> Option<Account> {
    let mut fields = line.split(':');
    let name = fields.next()?.to_owned();
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    (uid != 0).then_some(Account { name, uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_passwd_is_an_account_and_root_is_not() {
        let line = "postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash";
        let account = Account {
            name: "postgres".into(),
            uid: 101,
            gid: 104,
        };
        assert_eq!(parse(line), Some(account));
        assert_eq!(parse("root:x:0:0:root:/root:/bin/bash"), None);
        assert_eq!(parse("# a comment"), None);
    }
}
