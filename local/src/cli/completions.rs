//! The command `completions`: what a shell needs to know to complete the others.

use clap::CommandFactory;

use super::output;
use crate::options::{CommandLine, Completions};

/// Prints the shell's script.
pub fn print(completions: &Completions) {
    let (mut command, mut script) = (CommandLine::command(), Vec::new());
    let name = command.get_name().to_owned();
    // Into memory: whoever reads the output may stop, and the generator would not take that.
    clap_complete::generate(completions.shell, &mut command, name, &mut script);
    output::line(String::from_utf8_lossy(&script).trim_end());
}
