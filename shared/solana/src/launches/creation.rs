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

#[cfg(test)]
mod tests {
    use super::*;

    fn account(number: u8) -> Pubkey {
        Pubkey::new_from_array([number; 32])
    }

    /// Twenty accounts, numbered.
    fn accounts() -> Vec<Pubkey> {
        (0..20).map(account).collect()
    }

    #[test]
    fn each_instruction_names_its_pool_and_its_mints() {
        let named = |program, data: &[u8]| {
            let creation = Creation::of(program, data, &accounts())?;
            let [first, second] = creation.mints;
            Some([creation.pool, first, second].map(|key| key.as_array()[0]))
        };
        let data = |begins: [u8; 8]| [&begins[..], &[0; 24]].concat();
        let initialize = data([175, 175, 109, 31, 13, 152, 155, 237]);
        let with_permission = data([63, 55, 254, 65, 49, 178, 89, 121]);
        assert_eq!(named(Program::Cpmm, &initialize), Some([3, 4, 5]));
        assert_eq!(named(Program::Cpmm, &with_permission), Some([4, 5, 6]));
        let initialize2 = [&[1, 254], &[0; 24][..]].concat();
        assert_eq!(named(Program::AmmV4, &initialize2), Some([4, 8, 9]));
        for begins in [
            [45, 154, 237, 210, 221, 15, 166, 92],
            [73, 59, 36, 120, 237, 83, 108, 198],
            [46, 39, 41, 135, 111, 183, 200, 64],
            [243, 73, 129, 126, 51, 19, 241, 107],
        ] {
            assert_eq!(named(Program::Dlmm, &data(begins)), Some([0, 2, 3]));
        }
        // What creates a pool of one program does not of another, and a swap of none.
        assert_eq!(named(Program::Dlmm, &initialize), None);
        assert_eq!(named(Program::AmmV4, &[9, 0, 0]), None);
        let swap = data([143, 190, 90, 218, 196, 30, 51, 222]);
        assert_eq!(named(Program::Cpmm, &swap), None);
        let few = &accounts()[..5];
        assert_eq!(Creation::of(Program::Cpmm, &initialize, few), None);
    }
}
