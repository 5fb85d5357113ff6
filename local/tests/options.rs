//! The options of the program as it is run, against the definitions of its variables.

use std::{
    net::TcpListener,
    process::{Command, Output},
};

use config::{Definition, ORDER_ENGINE_KEY, Readers};

/// The variables that the program reads.
fn variables() -> impl Iterator<Item = &'static Definition> {
    let is_read = |variable: &&Definition| variable.readers != Readers::Functions;
    config::ALL.iter().filter(is_read)
}

/// Runs the program with these variables and no other one of its own.
fn run(set: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_order-engine"));
    for variable in variables() {
        command.env_remove(variable.name);
    }
    command.envs(set.iter().copied()).args(arguments);
    command.output().expect("the program runs")
}

fn printed(output: Output) -> String {
    String::from_utf8(output.stdout).expect("text")
}

fn said(output: Output) -> String {
    assert!(!output.status.success(), "it must not start");
    String::from_utf8(output.stderr).expect("text")
}

fn empty() -> Vec<(&'static str, &'static str)> {
    variables().map(|variable| (variable.name, "")).collect()
}

/// What the help says of each option that has a variable.
fn explained(set: &[(&str, &str)]) -> Vec<String> {
    let pages = [&["--help"][..], &["order", "--help"]];
    let text = pages.map(|page| printed(run(set, page))).concat();
    let options = text.split("\n      --");
    let with_variable = options.filter(|option| option.contains("[env: "));
    with_variable.map(str::to_owned).collect()
}

/// Where lines end depends on the terminal, and on the features that the build has.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn help_explains_every_variable_and_no_other_one() {
    for set in [Vec::new(), empty()] {
        let explained = explained(&set);
        // What is secret has no option: everybody on a machine sees its command lines.
        let (secret, with_option): (Vec<&Definition>, Vec<&Definition>) =
            variables().partition(|variable| variable.name == ORDER_ENGINE_KEY.name);
        assert_eq!(explained.len(), with_option.len(), "{explained:#?}");
        for variable in secret {
            let named = explained
                .iter()
                .any(|option| option.contains(variable.name));
            assert!(named, "{} is missing: {explained:#?}", variable.name);
        }
        for variable in with_option {
            let name = variable.name;
            let is_its = |option: &&String| {
                option.contains(&format!("[env: {name}="))
                    || option.contains(&format!("[env: {name}]"))
            };
            let option = explained.iter().find(is_its);
            let option = option.unwrap_or_else(|| panic!("{name} is missing: {explained:#?}"));
            let option = unwrapped(option);
            assert!(option.contains(&unwrapped(variable.doc)), "{option}");
            assert!(option.contains(&unwrapped(variable.allowed)), "{option}");
            let default = variable.default.unwrap_or_default();
            let shown = format!("[default: {default}]");
            assert!(default.is_empty() || option.contains(&shown), "{option}");
        }
    }
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    // An address that is no machine's, so that the start ends before anything is opened.
    let said = said(run(&empty(), &["--host", "192.0.2.1", "--auth", "open"]));
    assert!(said.contains("cannot listen on 192.0.2.1:3000"), "{said}");
}

#[test]
fn the_host_may_be_localhost() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = taken.local_addr().expect("an address");
    let said = said(run(
        &[("HOST", "localhost")],
        &["--port", &address.port().to_string()],
    ));
    assert!(
        said.contains(&format!("cannot listen on {address}")),
        "{said}"
    );
}
