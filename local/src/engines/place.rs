//! Where an engine runs, as far as that tells a later one there that it is dead.

use std::{fs, net::SocketAddr};

/// A place that has room for one engine at a time.
#[derive(Clone, Debug)]
pub(crate) struct Place(Option<String>);

impl Place {
    /// In a data folder of its own: the folder's lock is held by one engine at a time.
    pub(crate) fn own_database() -> Self {
        Self(Some("own database".to_owned()))
    }

    /// At an address of this machine: one process listens there at a time. The kernel's boot and
    /// the host's name say which machine, or which container, it is. A system that does not tell
    /// them has no such place, and a dead engine there is found out by its silence.
    pub(crate) fn address(address: SocketAddr) -> Self {
        let read = |file: &str| {
            fs::read_to_string(file)
                .ok()
                .filter(|text| !text.is_empty())
        };
        let place = || {
            let boot = read("/proc/sys/kernel/random/boot_id")?;
            let host = read("/proc/sys/kernel/hostname")?;
            Some(format!("{} {} {address}", boot.trim(), host.trim()))
        };
        Self(place())
    }

    /// What it is called in the database.
    pub(crate) fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}
