//! Which instruction creates a pool, and where it names it.

use solana_pubkey::Pubkey;

use crate::pools::Program;

/// A pool that an instruction creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Creation {
    /// The pool's own account.
    pub(super) pool: Pubkey,
    /// Its tokens.
    pub(super) mints: [Pubkey; 2],
}

/// An instruction that creates a pool.
struct Creator {
    program: Program,
    /// What its data begins with.
    begins: &'static [u8],
    /// The place of the pool among its accounts.
    pool: usize,
    /// The place of the first of the two mints, which stand side by side.
    mints: usize,
}

const CREATORS: [Creator; 7] = [
    // initialize
    Creator::new(Program::Cpmm, &[175, 175, 109, 31, 13, 152, 155, 237], 3, 4),
    // initialize_with_permission
    Creator::new(Program::Cpmm, &[63, 55, 254, 65, 49, 178, 89, 121], 4, 5),
    // initialize2, of a program without discriminators
    Creator::new(Program::AmmV4, &[1], 4, 8),
    // initialize_lb_pair
    Creator::new(Program::Dlmm, &[45, 154, 237, 210, 221, 15, 166, 92], 0, 2),
    // initialize_lb_pair2
    Creator::new(Program::Dlmm, &[73, 59, 36, 120, 237, 83, 108, 198], 0, 2),
    // initialize_customizable_permissionless_lb_pair
    Creator::new(Program::Dlmm, &[46, 39, 41, 135, 111, 183, 200, 64], 0, 2),
    // initialize_customizable_permissionless_lb_pair2
    Creator::new(Program::Dlmm, &[243, 73, 129, 126, 51, 19, 241, 107], 0, 2),
];

impl Creator {
    const fn new(program: Program, begins: &'static [u8], pool: usize, mints: usize) -> Self {
        Self {
            program,
            begins,
            pool,
            mints,
        }
    }
}

impl Creation {
    /// What an instruction of that program creates; `None` for one that creates no pool.
    pub(super) fn of(program: Program, data: &[u8], accounts: &[Pubkey]) -> Option<Self> {
        let mut creators = CREATORS.iter();
        let creator =
            creators.find(|known| known.program == program && data.starts_with(known.begins))?;
        let account = |index: usize| accounts.get(index).copied();
        Some(Self {
            pool: account(creator.pool)?,
            mints: [account(creator.mints)?, account(creator.mints + 1)?],
        })
    }
}
