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

/// The final height of so many nodes, of those that were named so far: what `agree` makes of the
/// newest and another one, or the word of a node that is alone. `None` while no two agree.
pub fn agreed<H: Copy>(named: &[H], nodes: usize, agree: impl Fn(H, H) -> Option<H>) -> Option<H> {
    let (newest, others) = named.split_last()?;
    match nodes {
        1 => Some(*newest),
        _ => others.iter().find_map(|other| agree(*newest, *other)),
    }
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
        let near = |one: u64, other: u64| (one.abs_diff(other) < 9).then_some(one.min(other));
        assert_eq!(agreed(&[7, 5], 3, near), Some(5));
        assert_eq!(agreed(&[7], 2, near), None);
        assert_eq!(agreed(&[7, 70], 2, near), None);
        assert_eq!(agreed(&[7, 70, 8], 3, near), Some(7));
        assert_eq!(agreed(&[7], 1, near), Some(7));
        assert_eq!(agreed(&[], 1, near), None);
    }
}
