//! The deployed stack, driven from outside.
//!
//! A [`Stack`] is `template.yaml` with the real functions, deployed by `localstack/deploy.sh` to a
//! `MiniStack` of its own on a free port, on a database of its own. Its methods are what a client
//! or an operator does; the tests tell their stories. An [`Engine`] is the program of one machine
//! on a queue of the emulator.
//!
//! Needs Python 3.10 or newer, which gets `MiniStack` into `.venv/` on the first run, and
//! PostgreSQL as all tests do.

mod aws;
mod database;
mod engine;
mod ministack;
mod operator;
mod outside;
mod processes;
mod rest;
mod scripts;
mod stack;
mod subscriber;
mod template;
mod wait;

use std::path::{Path, PathBuf};

pub use aws::{Aws, Invocation};
pub use database::Database;
pub use engine::Engine;
pub use ministack::MiniStack;
pub use outside::Outsider;
pub use rest::Answer;
pub use scripts::Scripts;
pub use stack::Stack;
pub use subscriber::{Subscriber, assert_whole_life, seqs, statuses};
pub use template::Template;
pub use wait::eventually;

/// The program of a function, built.
///
/// # Panics
/// When it does not build.
pub fn program(function: &str) -> PathBuf {
    stack::build();
    debug_folder().join(function)
}

/// Where Cargo puts programs.
fn debug_folder() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("debug")
}

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .map_or_else(|| here.to_path_buf(), Path::to_path_buf)
}
