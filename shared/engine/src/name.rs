//! Names that are stored and read back.

/// A stored name that this build does not know.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a name that this build knows")]
pub struct UnknownName(pub String);
