//! The service as systemd reads it.

use std::{fs, path::Path, process::Command};

const UNIT: &str = "order-engine.service";
const PROGRAM: &str = "ExecStart=/usr/local/bin/order-engine\n";

fn unit() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../systemd");
    fs::read_to_string(folder.join(UNIT)).expect("a file of the repository")
}

/// Where there is no systemd, nobody can be asked.
#[test]
fn systemd_has_nothing_to_say_against_the_service() {
    let built = format!("ExecStart={}\n", env!("CARGO_BIN_EXE_order-engine"));
    let unit = unit();
    assert!(unit.contains(PROGRAM), "{unit}");
    let folder = std::env::temp_dir().join(format!("order-engine-unit-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(UNIT);
    fs::write(&file, unit.replace(PROGRAM, &built)).expect("a file");
    let verified = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&file)
        .output();
    fs::remove_dir_all(&folder).expect("a folder of ours");
    if let Ok(output) = verified {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert!(!said.contains(UNIT), "{said}");
    }
}

/// A wrong setting stays wrong, however often it is tried.
#[test]
fn it_is_not_started_again_after_a_wrong_setting() {
    let output = crate::process::program().env("PORT", "none").output();
    let code = output
        .expect("the program runs")
        .status
        .code()
        .expect("an exit status");
    assert!(unit().contains(&format!("RestartPreventExitStatus={code}\n")));
}
