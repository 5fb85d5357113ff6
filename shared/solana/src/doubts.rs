//! Why orders hang, told once: a look each half second would fill the log with it.

use std::{
    collections::HashMap,
    fmt::Display,
    sync::{Mutex, PoisonError},
};

/// What was told, by transaction.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    told: Mutex<HashMap<String, String>>,
}

/// Of how many transactions it is remembered.
const REMEMBERED: usize = 1_000;

impl Doubts {
    /// Whether that was not told of the transaction before.
    pub(crate) fn is_new(&self, signature: &str, doubt: &impl Display) -> bool {
        let doubt = doubt.to_string();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= REMEMBERED && !told.contains_key(signature) {
            told.clear();
        }
        told.insert(signature.to_owned(), doubt.clone())
            .is_none_or(|before| before != doubt)
    }

    /// Forgets a transaction of which all is known.
    pub(crate) fn settled(&self, signature: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.remove(signature);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_told_once_for_each_transaction() {
        let doubts = Doubts::default();
        assert!(doubts.is_new("a", &"behind"));
        assert!(!doubts.is_new("a", &"behind"));
        assert!(doubts.is_new("b", &"behind"));
        assert!(doubts.is_new("a", &"silent"));
        doubts.settled("a");
        assert!(doubts.is_new("a", &"silent"));
        for nth in 0..2 * REMEMBERED {
            doubts.is_new(&nth.to_string(), &"behind");
        }
        let told = doubts.told.lock().expect("unpoisoned");
        assert!(told.len() <= REMEMBERED);
    }
}
