//! What a markets file says about a pool's tokens, held against the chain.

use solana::markets::Markets;
use solana::pools::PoolError;

use crate::cpmm::sol_usdc;
use crate::ledger::{POOL, SOL, USDC};

fn markets(tokens: &[(&str, &str, u8)]) -> Markets {
    let token = |(symbol, mint, decimals): &(&str, &str, u8)| {
        format!("[[tokens]]\nsymbol = \"{symbol}\"\nmint = \"{mint}\"\ndecimals = {decimals}\n")
    };
    let tokens: String = tokens.iter().map(token).collect();
    let file = format!(
        "genesis = \"{SOL}\"\nnetwork = \"local\"\n{tokens}\
         [[pools]]\nvenue = \"Raydium\"\nprogram = \"cpmm\"\naddress = \"{POOL}\"\n"
    );
    Markets::read(&file).unwrap()
}

#[test]
fn a_pools_tokens_are_those_of_the_file_in_the_pools_order() {
    let (ledger, pool) = sol_usdc();
    let state = ledger.state(&pool).unwrap();
    let (sol, usdc) = (SOL.to_string(), USDC.to_string());
    let listed = markets(&[("USDC", &usdc, 6), ("SOL", &sol, 9)]);
    let tokens = state.tokens(&listed).unwrap();
    assert_eq!(tokens.map(|token| token.symbol.as_str()), ["SOL", "USDC"]);

    let alone = markets(&[("SOL", &sol, 9)]);
    let expected = PoolError::Unlisted {
        pool: POOL,
        mint: USDC,
    };
    assert_eq!(state.tokens(&alone), Err(expected));

    let wrong = markets(&[("SOL", &sol, 9), ("USDC", &usdc, 8)]);
    let why = state.tokens(&wrong).unwrap_err().to_string();
    assert_eq!(why, "USDC has 6 decimals on chain, and 8 in the file");
}
