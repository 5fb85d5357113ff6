//! The processes that run a function: MiniStack starts one for each environment, as Lambda does.

use std::{fs, path::Path};

/// The processes of a function of the stack at this endpoint. Linux only; elsewhere none is found.
pub(crate) fn of_function(function: &str, endpoint: &str) -> Vec<u32> {
    let marks = [
        format!("AWS_LAMBDA_FUNCTION_NAME={function}"),
        format!("AWS_ENDPOINT_URL={endpoint}"),
    ];
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| is_bootstrap(*pid) && has(*pid, &marks))
        .collect()
}

fn is_bootstrap(pid: u32) -> bool {
    fs::read_link(format!("/proc/{pid}/exe"))
        .is_ok_and(|path| path.file_name() == Some(Path::new("bootstrap").as_os_str()))
}

fn has(pid: u32, marks: &[String]) -> bool {
    let Ok(environment) = fs::read(format!("/proc/{pid}/environ")) else {
        return false; // it ended while we looked
    };
    let variables: Vec<&[u8]> = environment.split(|byte| *byte == 0).collect();
    marks
        .iter()
        .all(|mark| variables.contains(&mark.as_bytes()))
}
