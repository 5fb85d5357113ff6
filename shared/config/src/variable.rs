//! What an environment variable is, apart from which ones there are.

use std::marker::PhantomData;

use super::{NotAllowed, Setting};

/// Which programs read a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// `order-engine`, the engine on one machine.
    Machine,
    /// Functions on AWS.
    Functions,
    /// Both.
    Both,
}

/// An environment variable whose value is a `T`.
pub struct Variable<T> {
    /// Its name.
    pub name: &'static str,
    /// What counts when it is not set, as one would write it.
    pub default: Option<&'static str>,
    /// What it means.
    pub doc: &'static str,
    /// Who reads it.
    pub readers: Readers,
    value: PhantomData<fn() -> T>,
}

impl<T: Setting> Variable<T> {
    /// Defines one.
    pub const fn new(
        name: &'static str,
        default: Option<&'static str>,
        doc: &'static str,
        readers: Readers,
    ) -> Self {
        Self {
            name,
            default,
            doc,
            readers,
            value: PhantomData,
        }
    }

    /// Reads a value of it.
    ///
    /// # Errors
    /// [`NotAllowed`] with what is allowed.
    pub fn parse(&self, text: &str) -> Result<T, NotAllowed> {
        text.parse().map_err(|_| NotAllowed(T::ALLOWED))
    }

    /// The same without its type.
    pub const fn definition(&self) -> Definition {
        Definition {
            name: self.name,
            default: self.default,
            doc: self.doc,
            readers: self.readers,
            allowed: T::ALLOWED,
            check: check::<T>,
        }
    }
}

/// A variable without its type, so that all of them fit into one table.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// What counts when it is not set, as one would write it.
    pub default: Option<&'static str>,
    /// What it means.
    pub doc: &'static str,
    /// Who reads it.
    pub readers: Readers,
    /// What is allowed, in words that follow "allowed is".
    pub allowed: &'static str,
    /// Whether a text is allowed.
    pub check: fn(&str) -> Result<(), NotAllowed>,
}

fn check<T: Setting>(text: &str) -> Result<(), NotAllowed> {
    text.parse::<T>()
        .map(drop)
        .map_err(|_| NotAllowed(T::ALLOWED))
}
