//! What can be wrong with the file of what is traded.

use engine::order::TokenAmount;

use crate::pools::Program;

/// Why the file is not used. The message names the line, or the entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarketsError {
    /// Not TOML, or a field that is missing, unknown or of another type.
    #[error("line {line}: {message}")]
    Syntax {
        /// Where, counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A value that cannot be.
    #[error("{entry}: {problem}")]
    Entry {
        /// Which entry, by its number and its own name.
        entry: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// Nothing to trade with.
    #[error("no pool is listed: at least one [[pools]] is needed")]
    NoPools,
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not 32 bytes in base58.
    #[error("{field} {text:?} is not an address in base58")]
    Address {
        /// The field.
        field: &'static str,
        /// What it says.
        text: String,
    },
    /// No way to show a transaction.
    #[error("explorer {0:?} is not an http address with {{signature}} in it once")]
    Explorer(String),
    /// No symbol.
    #[error("a symbol has 1 to 16 of the characters A-Z a-z 0-9 . _ - $")]
    Symbol,
    /// More decimals than amounts can have.
    #[error("{0} decimals are more than {max}, the most there can be", max = TokenAmount::MAX_DECIMALS)]
    Decimals(u8),
    /// Two tokens of one name.
    #[error("the symbol is listed before")]
    SymbolTwice,
    /// Two names of one token.
    #[error("the mint is listed before, as {0}")]
    MintTwice(String),
    /// One pool twice.
    #[error("the pool is listed before")]
    PoolTwice,
    /// A program of another venue.
    #[error("{program} is a program of {expected}, not of {venue:?}", program = program.name(), expected = program.venue())]
    Venue {
        /// What the file says.
        venue: String,
        /// The program.
        program: Program,
    },
}

impl MarketsError {
    pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or(text);
        MarketsError::Syntax {
            line: before.matches('\n').count() + 1,
            message: error.message().to_owned(),
        }
    }

    pub(super) fn entry(entry: impl Into<String>, problem: Problem) -> Self {
        MarketsError::Entry {
            entry: entry.into(),
            problem,
        }
    }
}
