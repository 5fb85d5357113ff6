//! Where an engine runs, as far as that tells others there whether it is dead.

use std::{fs, net::SocketAddr, process};

/// What an engine lets the others know of where it is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// A place that has room for one engine at a time: whoever was there before is dead. `None` on
    /// a system that does not tell which machine it is.
    pub(crate) exclusive: Option<String>,
    /// Which process it is: others on its machine see whether that is alive.
    pub(crate) process: Option<String>,
}

impl Place {
    /// In a data folder of its own: the folder's lock is held by one engine at a time.
    pub(crate) fn own_database() -> Self {
        Self {
            exclusive: Some("own database".to_owned()),
            process: own_process(),
        }
    }

    /// At an address of this machine: one process listens there at a time.
    pub(crate) fn address(address: SocketAddr) -> Self {
        Self {
            exclusive: host().map(|host| format!("{host} {address}")),
            process: own_process(),
        }
    }
}

/// Whether a process is known to have ended: one of this machine that is not there any more.
pub(super) fn has_ended(process: &str) -> bool {
    let Some((processes, number, began)) = split(process) else {
        return false;
    };
    // Another machine's, or another container's, cannot be seen from here.
    own_processes().as_deref() == Some(processes) && running_since(number).as_deref() != Some(began)
}

/// `<all processes that are seen here> <number> <when it began>`. Numbers are given anew.
fn own_process() -> Option<String> {
    let number = process::id().to_string();
    Some(format!(
        "{} {number} {}",
        own_processes()?,
        running_since(&number)?
    ))
}

fn split(process: &str) -> Option<(&str, &str, &str)> {
    let (rest, began) = process.rsplit_once(' ')?;
    let (processes, number) = rest.rsplit_once(' ')?;
    Some((processes, number, began))
}

/// The host, and which of its containers: each has processes with numbers of its own.
fn own_processes() -> Option<String> {
    let container = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", host()?, container.display()))
}

/// The kernel's boot and the host's name.
fn host() -> Option<String> {
    let read = |file: &str| {
        let text = fs::read_to_string(file).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let boot = read("/proc/sys/kernel/random/boot_id")?;
    Some(format!("{boot} {}", read("/proc/sys/kernel/hostname")?))
}

/// When the process of that number began, if there is one: the 22nd field of its `stat`, in which
/// the second, a name in brackets, may hold anything. One that only waits to be noticed has ended.
fn running_since(number: &str) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    let began = fields.nth(18)?;
    (!["Z", "X"].contains(&state)).then(|| began.to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::*;

    fn process_of(number: u32) -> String {
        let number = number.to_string();
        let began = running_since(&number).expect("it runs");
        format!("{} {number} {began}", own_processes().expect("Linux tells"))
    }

    #[test]
    fn a_process_of_this_machine_is_seen_to_end() {
        let own = own_process().expect("Linux tells");
        assert!(!has_ended(&own));
        let mut child = Command::new("sleep")
            .arg("600")
            .spawn()
            .expect("sleep is there");
        let process = process_of(child.id());
        assert!(!has_ended(&process));
        child.kill().expect("it can be killed");
        // Before its parent has noticed, and after.
        while !has_ended(&process) {
            std::thread::yield_now();
        }
        child.wait().expect("it is gone");
        assert!(has_ended(&process));
    }

    #[test]
    fn a_number_that_was_given_anew_is_another_process() {
        let own = own_process().expect("Linux tells");
        let (rest, _) = own.rsplit_once(' ').expect("its parts");
        assert!(has_ended(&format!("{rest} 1")));
    }

    #[test]
    fn what_cannot_be_seen_from_here_may_live() {
        let own = own_process().expect("Linux tells");
        assert!(!has_ended(&format!("elsewhere {own}")));
        for nonsense in ["", "1", "1 2", "own database"] {
            assert!(!has_ended(nonsense), "{nonsense}");
        }
    }
}
