//! Token accounts and mints.
//!
//! Layouts: the SPL Token program's `state.rs`. Token-2022 has the same first bytes, and behind
//! them extensions.

use solana_pubkey::Pubkey;

use super::{Account, PoolError, Role};

/// The SPL Token program.
pub const TOKEN_PROGRAM: Pubkey =
    Pubkey::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");

/// The Token-2022 program.
pub const TOKEN_2022_PROGRAM: Pubkey =
    Pubkey::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// The byte behind a token account of Token-2022 that has extensions. A mint has another there.
const EXTENDED: u8 = 2;

/// A token account: some amount of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccount {
    /// The token program that it belongs to.
    pub program: Pubkey,
    /// The token.
    pub mint: Pubkey,
    /// Who may spend it.
    pub owner: Pubkey,
    /// How much it holds, base units.
    pub amount: u64,
    /// Whether the token's issuer froze it: nothing goes in or out.
    pub frozen: bool,
}

impl TokenAccount {
    /// Bytes of the account, extensions left aside.
    pub const LENGTH: usize = 165;

    /// Reads a token account of either token program.
    ///
    /// # Errors
    /// [`PoolError::Missing`], [`PoolError::NoTokenProgram`], and [`PoolError::NotInitialized`] for
    /// bytes that are no token account's.
    pub fn read(
        role: Role,
        address: Pubkey,
        account: Option<Account<'_>>,
    ) -> Result<TokenAccount, PoolError> {
        let account = of_token_program(role, address, account)?;
        let invalid = PoolError::NotInitialized { role, address };
        let extended =
            has_extensions(&account) && account.data.get(Self::LENGTH) == Some(&EXTENDED);
        let is_one = extended || account.data.len() == Self::LENGTH;
        let state = account.data.get(108).filter(|_| is_one);
        let frozen = match state {
            Some(1) => false,
            Some(2) => true,
            _ => return Err(invalid),
        };
        let read = || {
            Some(TokenAccount {
                program: account.owner,
                mint: key(account.data, 0)?,
                owner: key(account.data, 32)?,
                amount: u64::from_le_bytes(field(account.data, 64)?),
                frozen,
            })
        };
        read().ok_or(invalid)
    }
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    /// The token program that it belongs to.
    pub program: Pubkey,
    /// Who may make more of it.
    pub mint_authority: Option<Pubkey>,
    /// How much of it there is, base units.
    pub supply: u64,
    /// 10^decimals base units are one token.
    pub decimals: u8,
    /// Who may freeze accounts of it.
    pub freeze_authority: Option<Pubkey>,
}

impl Mint {
    /// Bytes of the account without extensions.
    pub const LENGTH: usize = 82;

    /// Reads a mint of either token program.
    ///
    /// # Errors
    /// [`PoolError::Missing`], [`PoolError::NoTokenProgram`], [`PoolError::Extensions`] for a mint
    /// of Token-2022 with any extension, and [`PoolError::NotInitialized`] for bytes that are no
    /// mint's.
    pub fn read(address: Pubkey, account: Option<Account<'_>>) -> Result<Mint, PoolError> {
        let role = Role::Mint;
        let account = of_token_program(role, address, account)?;
        // Some extensions do no harm; which ones do changes with each release of the program.
        if has_extensions(&account) {
            return Err(PoolError::Extensions(address));
        }
        let read = || {
            let data = (account.data.len() == Self::LENGTH).then_some(account.data)?;
            let initialized = data.get(45) == Some(&1);
            let mint = Mint {
                program: account.owner,
                mint_authority: optional_key(data, 0)?,
                supply: u64::from_le_bytes(field(data, 36)?),
                decimals: *data.get(44)?,
                freeze_authority: optional_key(data, 46)?,
            };
            initialized.then_some(mint)
        };
        read().ok_or(PoolError::NotInitialized { role, address })
    }
}

fn of_token_program<'a>(
    role: Role,
    address: Pubkey,
    account: Option<Account<'a>>,
) -> Result<Account<'a>, PoolError> {
    let account = account.ok_or(PoolError::Missing { role, address })?;
    let owner = account.owner;
    if owner != TOKEN_PROGRAM && owner != TOKEN_2022_PROGRAM {
        return Err(PoolError::NoTokenProgram {
            role,
            address,
            owner,
        });
    }
    Ok(account)
}

/// Extensions stand behind as many bytes as a token account has, in a mint as well.
fn has_extensions(account: &Account<'_>) -> bool {
    account.owner == TOKEN_2022_PROGRAM && account.data.len() > TokenAccount::LENGTH
}

fn field<const N: usize>(data: &[u8], offset: usize) -> Option<[u8; N]> {
    data.get(offset..offset + N)?.try_into().ok()
}

fn key(data: &[u8], offset: usize) -> Option<Pubkey> {
    field(data, offset).map(Pubkey::new_from_array)
}

/// Four bytes that say whether there is a key, and the key. `None` for bytes that say neither.
fn optional_key(data: &[u8], offset: usize) -> Option<Option<Pubkey>> {
    match u32::from_le_bytes(field(data, offset)?) {
        0 => Some(None),
        1 => key(data, offset + 4).map(Some),
        _ => None,
    }
}
