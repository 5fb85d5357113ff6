//! The commands that talk to a running engine, a file each.

pub mod order;
