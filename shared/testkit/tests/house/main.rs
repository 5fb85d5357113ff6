//! The rules of the house that a compiler cannot know. `docs/ARCHITECTURE.md` says why each is
//! there; a failure names the file and the rule.

mod crates;
mod matches;
mod names;
mod places;
mod rights;
mod source;
mod statements;
