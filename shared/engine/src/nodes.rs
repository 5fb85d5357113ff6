//! What the nodes of a chain say together. Some are behind, some forget, some lie; so what lets an
//! order be signed again is taken from all of them, and one that does not answer denies nothing
//! (decision 17 says why).

use crate::ports::Unavailable;

/// What a node says of a transaction, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// It does not know it.
    Denied,
    /// It has it, and not for good.
    Seen,
    /// It has it for good.
    Final,
}

/// How many nodes must agree that a height is final, when there are as many.
const AGREEING: usize = 2;

/// What the nodes say of a transaction together: one that has it for good is enough; that nobody
/// knows it, each has to say.
///
/// # Errors
/// [`Unavailable`] when nobody knows it, and a node did not answer.
pub fn together(
    words: impl IntoIterator<Item = Result<Word, Unavailable>>,
) -> Result<Word, Unavailable> {
    let mut most = Word::Denied;
    let mut failed = None;
    for word in words {
        match word {
            Ok(word) => most = most.max(word),
            Err(error) => failed = Some(error),
        }
    }
    match (most, failed) {
        (Word::Denied, Some(error)) => Err(error),
        (most, _) => Ok(most),
    }
}

/// How many of so many nodes must name a height that can be believed.
pub fn enough(nodes: usize) -> usize {
    AGREEING.min(nodes)
}

/// The final height on which so many nodes agree, of what they name: the lowest. `None` when too
/// few do.
pub fn agreed<H: Copy + Ord>(named: &[H], nodes: usize) -> Option<H> {
    let lowest = named.iter().min().copied();
    lowest.filter(|_| named.len() >= enough(nodes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away() -> Result<Word, Unavailable> {
        Err(Unavailable("away".into()))
    }

    #[test]
    fn one_that_has_it_is_enough_and_all_have_to_deny_it() {
        assert_eq!(
            together([Ok(Word::Denied), Ok(Word::Denied)]).ok(),
            Some(Word::Denied)
        );
        assert!(together([Ok(Word::Denied), away()]).is_err());
        assert_eq!(together([away(), Ok(Word::Seen)]).ok(), Some(Word::Seen));
        let final_for_one = together([Ok(Word::Final), away(), Ok(Word::Denied)]);
        assert_eq!(final_for_one.ok(), Some(Word::Final));
    }

    #[test]
    fn of_two_heights_the_lower_counts_and_one_is_enough_of_one_node_alone() {
        assert_eq!(agreed(&[7, 5], 3), Some(5));
        assert_eq!(agreed(&[7], 2), None);
        assert_eq!(agreed(&[7], 1), Some(7));
        assert_eq!(agreed::<u64>(&[], 1), None);
    }
}
