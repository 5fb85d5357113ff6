//! Unguessable text, for passwords and unique names.

use std::fs::File;
use std::io::{self, Read};

/// 128 random bits as 32 lower-case hexadecimal digits: safe in a URL and in a name.
///
/// Read from the kernel: this runs a few times per start, so no generator is needed.
pub(crate) fn hex() -> io::Result<String> {
    let mut bytes = [0u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// A random number below `bound`, which must not be 0. Slightly uneven, which a port may be.
pub(crate) fn below(bound: u16) -> io::Result<u16> {
    let mut bytes = [0u8; 8];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let drawn = u64::from_ne_bytes(bytes) % u64::from(bound);
    Ok(u16::try_from(drawn).unwrap_or(0))
}
