//! The instructions beside the swap: bytes, accounts, addresses.

use engine::order::OrderId;
use solana::instructions::{SYSTEM_PROGRAM, associated_token, compute_budget, marker};
use solana::pools::{TOKEN_2022_PROGRAM, TOKEN_PROGRAM};
use solana_instruction::AccountMeta;
use solana_pubkey::Pubkey;

const SOL: Pubkey = Pubkey::from_str_const("So11111111111111111111111111111111111111112");
const USDC: Pubkey = Pubkey::from_str_const("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
/// Some wallet.
const OWNER: Pubkey = Pubkey::from_str_const("vines1vzrYbzLMRdu58ou5XTby4qAqVRLmqo36NKPTg");

pub(crate) fn order() -> OrderId {
    "018f3a2b-4c5d-7e6f-8091-a2b3c4d5e6f7".parse().unwrap()
}

#[test]
fn compute_budget_instructions_are_a_tag_and_a_value() {
    let (limit, price) = (
        compute_budget::limit(0x0102_0304),
        compute_budget::price(0x0506),
    );
    assert_eq!(limit.data, [2, 4, 3, 2, 1]);
    assert_eq!(price.data, [3, 6, 5, 0, 0, 0, 0, 0, 0]);
    for instruction in [limit, price] {
        let program = instruction.program_id.to_string();
        assert_eq!(program, "ComputeBudget111111111111111111111111111111");
        assert_eq!(instruction.accounts, []);
    }
}

/// Addresses computed by another implementation of program addresses.
#[test]
fn an_associated_token_account_is_where_others_look_for_it() {
    for (mint, program, expected) in [
        (
            SOL,
            TOKEN_PROGRAM,
            "HrkQ1Cof5kEYWBsy7QHMzVsp9M2XkrdcyYWRmmNokFBc",
        ),
        (
            USDC,
            TOKEN_PROGRAM,
            "9jrTvdU2Am3UmgSAX8EKS9wwrSufkWRbZzEukDogqpQg",
        ),
        (
            SOL,
            TOKEN_2022_PROGRAM,
            "4yueVRghEVqcEpzfwFGQG9qQbVUTdKj81uQsEBJHufxW",
        ),
        (
            USDC,
            TOKEN_2022_PROGRAM,
            "5CyjYwuUCC2HHZd9efpyjbfMephf33rWMJS6tU1QBcC5",
        ),
    ] {
        let address = associated_token::address(&OWNER, &mint, &program);
        assert_eq!(address.to_string(), expected);
    }
}

#[test]
fn an_associated_token_account_is_created_unless_it_is_there() {
    let create = associated_token::create_if_absent(&OWNER, &USDC, &TOKEN_PROGRAM);
    let program = create.program_id.to_string();
    assert_eq!(program, "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
    let account = "9jrTvdU2Am3UmgSAX8EKS9wwrSufkWRbZzEukDogqpQg";
    let expected = [
        AccountMeta::new(OWNER, true),
        AccountMeta::new(account.parse().unwrap(), false),
        AccountMeta::new_readonly(OWNER, false),
        AccountMeta::new_readonly(USDC, false),
        AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
        AccountMeta::new_readonly(TOKEN_PROGRAM, false),
    ];
    assert_eq!((create.accounts, create.data), (expected.to_vec(), vec![1]));
}

/// SHA-256 of wallet, seed and owner, computed by another program.
#[test]
fn a_marker_is_where_wallet_and_order_put_it() {
    let address = marker::address(&OWNER, order());
    assert_eq!(
        address.to_string(),
        "EotzLcvjERbVZ5VQURcZhKqv31t5qaFKae2EHwRvqVxL"
    );
}

#[test]
fn a_marker_is_created_by_the_wallet_alone() {
    let create = marker::create(&OWNER, order(), 890_880);
    assert_eq!(create.program_id, SYSTEM_PROGRAM);
    let address = "EotzLcvjERbVZ5VQURcZhKqv31t5qaFKae2EHwRvqVxL";
    let expected = [
        AccountMeta::new(OWNER, true),
        AccountMeta::new(address.parse().unwrap(), false),
    ];
    assert_eq!(create.accounts, expected);
    let data = [
        &[3, 0, 0, 0][..],
        OWNER.as_ref(),
        &[32, 0, 0, 0, 0, 0, 0, 0],
        b"018f3a2b4c5d7e6f8091a2b3c4d5e6f7",
        &[0, 0x98, 0x0d, 0, 0, 0, 0, 0], // 890 880
        &[0; 8],
        &[0; 32],
    ];
    assert_eq!(create.data, data.concat());
    assert_eq!(marker::order(&OWNER, &create.data), Some(order()));
}

#[test]
fn what_is_not_exactly_a_marker_of_the_wallet_marks_no_order() {
    let data = marker::create(&OWNER, order(), 890_880).data;
    let lamports = 76..84;
    for index in (0..data.len()).filter(|index| !lamports.contains(index)) {
        let mut other = data.clone();
        other[index] ^= 0x80;
        assert_eq!(marker::order(&OWNER, &other), None, "byte {index}");
    }
    let longer = [&data[..], &[0]].concat();
    for other in [&[][..], &data[..115], &longer] {
        assert_eq!(marker::order(&OWNER, other), None);
    }
    let mut upper = data.clone();
    upper[44..76].make_ascii_uppercase();
    assert_eq!(
        marker::order(&OWNER, &upper),
        None,
        "another seed, another account"
    );
    assert_eq!(marker::order(&USDC, &data), None, "another wallet");
}

#[test]
fn a_marker_is_emptied_into_the_wallet_at_the_wallets_command() {
    let empty = marker::empty(&OWNER, order(), 890_880);
    assert_eq!(empty.program_id, SYSTEM_PROGRAM);
    let address = "EotzLcvjERbVZ5VQURcZhKqv31t5qaFKae2EHwRvqVxL";
    let expected = [
        AccountMeta::new(address.parse().unwrap(), false),
        AccountMeta::new_readonly(OWNER, true),
        AccountMeta::new(OWNER, false),
    ];
    assert_eq!(empty.accounts, expected);
    let data = [
        &[11, 0, 0, 0][..],
        &[0, 0x98, 0x0d, 0, 0, 0, 0, 0], // 890 880
        &[32, 0, 0, 0, 0, 0, 0, 0],
        b"018f3a2b4c5d7e6f8091a2b3c4d5e6f7",
        &[0; 32],
    ];
    assert_eq!(empty.data, data.concat());
    assert_eq!(
        marker::order(&OWNER, &empty.data),
        None,
        "it makes no marker"
    );
}
