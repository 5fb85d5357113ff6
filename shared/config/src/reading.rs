//! Reading variables one after the other and keeping every problem, so that one start shows all.

use std::{fmt, path::PathBuf, str::FromStr};

use super::Variable;

/// A value that a variable can have. Reading it from text either succeeds or breaks the one rule
/// that [`Setting::ALLOWED`] states.
pub trait Setting: FromStr {
    /// What is allowed, in words that follow "allowed is".
    const ALLOWED: &'static str;
    /// Whether the value must not be shown, because it may hold a password.
    const SECRET: bool = false;
}

/// The text is not what is allowed. Also serves as the error of command line options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("allowed is {0}")]
pub struct NotAllowed(pub &'static str);

/// A group of variables that belong together.
pub trait Configuration: Sized {
    /// Reads them all. `None` only when `env` has noted a problem; all of them are read first, so
    /// that no problem hides another one.
    fn gather(env: &mut Reading<'_>) -> Option<Self>;
}

/// One variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// Required and not set.
    #[error("{name} is not set; allowed is {allowed}")]
    Missing {
        /// The variable.
        name: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// Set to what is not allowed.
    #[error("{name} is {value}; allowed is {allowed}")]
    Wrong {
        /// The variable.
        name: String,
        /// Its value in quotes, or a word that stands for a secret.
        value: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// Two variables that exclude each other are both set.
    #[error("{one} and {other} are both set; set only one of them")]
    Both {
        /// The one.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// Neither of two variables is set, and one is needed.
    #[error("neither {one} nor {other} is set; set one of them")]
    Neither {
        /// The one.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
}

/// Everything that is wrong with the environment. `Debug` shows the same text as `Display`, for a
/// `main` that returns it.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidEnvironment(pub Vec<SettingError>);

impl fmt::Display for InvalidEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the environment does not allow a start:")?;
        self.0
            .iter()
            .try_for_each(|error| write!(f, "\n  - {error}"))
    }
}

impl fmt::Debug for InvalidEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for InvalidEnvironment {}

/// The variables, and what was found to be wrong with them.
pub struct Reading<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<SettingError>,
}

impl<'a> Reading<'a> {
    /// Begins to read through `lookup`.
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// The variable's value, or its default. A problem when it has neither.
    pub fn get<T: Setting>(&mut self, variable: &Variable<T>) -> Option<T> {
        let value = self.optional(variable)?;
        if value.is_none() {
            self.note(SettingError::Missing {
                name: variable.name.to_owned(),
                allowed: T::ALLOWED,
            });
        }
        value
    }

    /// The variable's value, or its default; `Some(None)` when it has neither, and `None` when it
    /// is set to what is not allowed.
    pub fn optional<T: Setting>(&mut self, variable: &Variable<T>) -> Option<Option<T>> {
        let set = self.text(variable.name);
        let Some(text) = set.or_else(|| variable.default.map(str::to_owned)) else {
            return Some(None);
        };
        let value = variable.parse(&text).ok();
        if value.is_none() {
            self.note(SettingError::Wrong {
                name: variable.name.to_owned(),
                value: if T::SECRET {
                    "not shown here".to_owned()
                } else {
                    format!("{text:?}")
                },
                allowed: T::ALLOWED,
            });
        }
        value.map(Some)
    }

    /// Whether the variable is set to this value.
    pub(super) fn says<T: Setting + PartialEq>(&self, variable: &Variable<T>, value: &T) -> bool {
        let text = self.text(variable.name);
        text.is_some_and(|text| variable.parse(&text).as_ref() == Ok(value))
    }

    /// Whether the variable is set, to whatever.
    pub fn is_set<T>(&self, variable: &Variable<T>) -> bool {
        self.text(variable.name).is_some()
    }

    /// Notes a problem; the start will be refused.
    pub fn note(&mut self, error: SettingError) {
        self.problems.push(error);
    }

    /// Reads a whole configuration and ends the reading.
    pub(super) fn finish<T: Configuration>(mut self) -> Result<T, InvalidEnvironment> {
        match T::gather(&mut self) {
            Some(configuration) if self.problems.is_empty() => Ok(configuration),
            _ => Err(InvalidEnvironment(self.problems)),
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = (self.lookup)(name)?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }
}

impl Setting for u64 {
    const ALLOWED: &'static str = "a whole number from 0 to 18446744073709551615";
}

impl Setting for u16 {
    const ALLOWED: &'static str = "a whole number from 0 to 65535";
}

impl Setting for PathBuf {
    const ALLOWED: &'static str = "a path";
}
