//! The file of what is traded.

use solana::markets::{Markets, Network};
use solana::pools::Program;

use crate::ledger::{SOL, USDC};

const FILE: &str = r#"
genesis = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"
network = "mainnet"
explorer = "https://explorer.solana.com/tx/{signature}"

[[tokens]]
symbol = "SOL"
mint = "So11111111111111111111111111111111111111112"
decimals = 9

[[tokens]]
symbol = "USDC"
mint = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
decimals = 6

[[pools]]
venue = "Raydium"
program = "cpmm"
address = "8sLbNZoA1cfnvMJLPfp98ZLAnFSYCFApfJKMbiXNLwxj"

[[pools]]
venue = "Raydium"
program = "amm_v4"
address = "58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2"
program_id = "HWy1jotHpo6UqeQxx49dpYYdQB8wj9Qk9MdxwjLvDHB8"

[[pools]]
venue = "Meteora"
program = "dlmm"
address = "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR"
"#;

#[test]
fn a_file_is_read_as_it_is_written() {
    let markets = Markets::read(FILE).unwrap();
    let genesis = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
    assert_eq!(markets.genesis.to_string(), genesis);
    assert_eq!(
        (markets.network, markets.network.name()),
        (Network::Mainnet, "mainnet")
    );
    let explorer = "https://explorer.solana.com/tx/{signature}";
    assert_eq!(markets.explorer.as_deref(), Some(explorer));
    let tokens = markets.tokens.iter();
    let tokens: Vec<_> = tokens
        .map(|t| (t.symbol.as_str(), t.mint, t.decimals))
        .collect();
    assert_eq!(tokens, [("SOL", SOL, 9), ("USDC", USDC, 6)]);
    let pools = markets.pools.iter().map(|pool| {
        let program_id = pool.program_id.to_string();
        (pool.venue.name(), pool.program, program_id)
    });
    let pools: Vec<_> = pools.collect();
    let other = "HWy1jotHpo6UqeQxx49dpYYdQB8wj9Qk9MdxwjLvDHB8";
    let expected = [
        (
            "Raydium",
            Program::Cpmm,
            "CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C",
        ),
        ("Raydium", Program::AmmV4, other),
        (
            "Meteora",
            Program::Dlmm,
            "LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo",
        ),
    ];
    assert_eq!(
        pools,
        expected.map(|(venue, program, id)| (venue, program, id.to_owned()))
    );
    let address = markets.pools[2].address.to_string();
    assert_eq!(address, "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR");
}

#[test]
fn what_is_optional_may_be_left_out() {
    let shorter = FILE.replace("explorer =", "#").replace("mainnet", "local");
    let markets = Markets::read(&shorter).unwrap();
    assert_eq!((markets.network, markets.explorer), (Network::Local, None));
}

#[test]
fn each_error_names_the_entry_and_what_is_wrong_with_it() {
    let cases = [
        (
            "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d",
            "5eykt4",
            "the file: genesis \"5eykt4\" is not an address in base58",
        ),
        (
            "/tx/{signature}",
            "/tx/",
            "the file: explorer \"https://explorer.solana.com/tx/\" is not an http address with \
             {signature} in it once",
        ),
        (
            "https://explorer",
            "javascript:explorer",
            "the file: explorer \"javascript:explorer.solana.com/tx/{signature}\" is not an http \
             address with {signature} in it once",
        ),
        (
            "symbol = \"USDC\"",
            "symbol = \"US DC\"",
            "token 2 (US DC): a symbol has 1 to 16 of the characters A-Z a-z 0-9 . _ - $",
        ),
        (
            "symbol = \"USDC\"",
            "symbol = \"\"",
            "token 2 (): a symbol has 1 to 16 of the characters A-Z a-z 0-9 . _ - $",
        ),
        (
            "symbol = \"USDC\"",
            "symbol = \"SEVENTEENLETTERSX\"",
            "token 2 (SEVENTEENLETTERSX): a symbol has 1 to 16 of the characters A-Z a-z 0-9 . _ \
             - $",
        ),
        (
            "symbol = \"USDC\"",
            "symbol = \"SOL\"",
            "token 2 (SOL): the symbol is listed before",
        ),
        (
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            "So11111111111111111111111111111111111111112",
            "token 2 (USDC): the mint is listed before, as SOL",
        ),
        (
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            "0OIl",
            "token 2 (USDC): mint \"0OIl\" is not an address in base58",
        ),
        (
            "decimals = 6",
            "decimals = 19",
            "token 2 (USDC): 19 decimals are more than 18, the most there can be",
        ),
        (
            "venue = \"Meteora\"",
            "venue = \"Raydium\"",
            "pool 3 (HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR): dlmm is a program of Meteora, \
             not of \"Raydium\"",
        ),
        (
            "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR",
            "here",
            "pool 3 (here): address \"here\" is not an address in base58",
        ),
        (
            "HTvjzsfX3yU6BUodCjZ5vZkUrAxMDTrBs3CJaq43ashR",
            "58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2",
            "pool 3 (58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2): the pool is listed before",
        ),
        (
            "HWy1jotHpo6UqeQxx49dpYYdQB8wj9Qk9MdxwjLvDHB8",
            "",
            "pool 2 (58oQChx4yWmvKdwLLZzBi4ChoCc2fqCUWBkwMihLYQo2): program_id \"\" is not an \
             address in base58",
        ),
    ];
    for (right, wrong, message) in cases {
        refuses(right, wrong, message);
    }
}

#[test]
fn each_error_of_form_names_the_line() {
    let cases = [
        ("genesis = ", "genesis", "line 2: "),
        (
            "network = \"mainnet\"",
            "network = \"testnet\"",
            "line 3: unknown variant `testnet`",
        ),
        (
            "decimals = 6",
            "decimal = 6",
            "line 14: unknown field `decimal`",
        ),
        (
            "decimals = 6",
            "decimals = 300",
            "line 14: invalid value: integer `300`",
        ),
        (
            "decimals = 6",
            "decimals = \"6\"",
            "line 14: invalid type: string \"6\"",
        ),
        ("decimals = 6", "", "line 11: missing field `decimals`"),
        (
            "program = \"dlmm\"",
            "program = \"clmm\"",
            "line 29: unknown variant `clmm`",
        ),
        ("explorer =", "explore =", "line 4: unknown field `explore`"),
        (
            "program_id",
            "programId",
            "line 25: unknown field `programId`",
        ),
    ];
    for (right, wrong, message) in cases {
        refuses(right, wrong, message);
    }
    let without = FILE.split("[[pools]]").next().unwrap();
    let why = Markets::read(without).unwrap_err().to_string();
    assert_eq!(why, "no pool is listed: at least one [[pools]] is needed");
}

fn refuses(right: &str, wrong: &str, message: &str) {
    let file = FILE.replacen(right, wrong, 1);
    assert_ne!(file, FILE, "{right} is in the file");
    let why = Markets::read(&file).unwrap_err().to_string();
    assert!(why.starts_with(message), "{why}\n{message}");
    // Those that name an entry are told as a whole.
    assert!(message.starts_with("line") || why == message, "{why}");
}
