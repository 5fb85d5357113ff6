//! The program itself: its files, its first lines, its pace and its end.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use local_chain::genesis::Market;
use serde_json::{Value, json};

use crate::node::{Node, folder};

#[test]
fn it_writes_its_files_says_where_it_is_and_ends_on_a_signal() {
    let data = folder();
    let mut keys = Vec::new();
    for _ in 0..2 {
        let mut program = Command::new(env!("CARGO_BIN_EXE_local-chain"))
            .args(["--port", "0", "--data"])
            .arg(&data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let listening = lines.next().unwrap().unwrap();
        let url = listening.strip_prefix("listening on ").unwrap().to_owned();
        let (folder, environment) = (data.display(), lines.next().unwrap().unwrap());
        assert_eq!(
            environment,
            format!(
                "VENUES=solana SOLANA_RPC_URLS={url} SOLANA_SIGNER=file:{folder}/wallet.json \
                 SOLANA_MARKETS={folder}/markets.toml SOLANA_LAUNCHES=yes"
            )
        );
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": "getGenesisHash"});
        let mut answer = ureq::post(&url).send(request.to_string()).unwrap();
        let answer: Value = answer.body_mut().read_json().unwrap();
        let genesis = answer["result"].as_str().unwrap();
        let markets = std::fs::read_to_string(data.join("markets.toml")).unwrap();
        assert!(markets.starts_with(&format!("genesis = \"{genesis}\"\nnetwork = \"local\"\n")));
        assert_eq!(markets.matches("[[pools]]").count(), 3);

        // Another on the same port does not start, and leaves the files alone.
        let port = url.rsplit(':').next().unwrap();
        let second = Command::new(env!("CARGO_BIN_EXE_local-chain"))
            .args(["--port", port, "--data"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(!second.status.success());
        let complaint = String::from_utf8(second.stderr).unwrap();
        assert!(complaint.starts_with(&format!("local-chain: 127.0.0.1:{port}: ")));
        let after = std::fs::read_to_string(data.join("markets.toml")).unwrap();
        assert_eq!(after, markets);

        let key = data.join("wallet.json");
        let mode = std::fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        keys.push(std::fs::read(&key).unwrap());

        let terminate = Command::new("kill")
            .arg(program.id().to_string())
            .status()
            .unwrap();
        assert!(terminate.success());
        assert!(program.wait().unwrap().success());
    }
    assert_eq!(keys[0], keys[1], "the wallet stays");
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn blocks_come_at_the_pace_that_is_set() {
    let node = Node::start_with(Market::default(), 20);
    let slot = || node.call("getSlot", json!([])).as_u64().unwrap();
    let reaches = |slot_wanted: u64| {
        let begin = Instant::now();
        while slot() < slot_wanted {
            assert!(begin.elapsed() < Duration::from_secs(20), "no blocks");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    reaches(slot() + 5);
    node.call("_setSlotMs", json!([3_600_000]));
    let stopped = slot();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(slot(), stopped);
    node.call("_setSlotMs", json!([10]));
    reaches(stopped + 5);
}
