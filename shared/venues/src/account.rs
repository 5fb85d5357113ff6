//! Reading fixed-offset fields out of an account's bytes.

/// A 32-byte account address, as it stands in account data.
pub type Address = [u8; 32];

/// Account bytes that are not what they were taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Another account kind, or a layout that the program changed since.
    #[error("{account}: {found} bytes, expected {expected}")]
    Length {
        /// The account kind that was expected.
        account: &'static str,
        /// Bytes given.
        found: usize,
        /// Bytes that the layout has.
        expected: usize,
    },
    /// The first eight bytes name another account kind.
    #[error("{account}: another discriminator")]
    Discriminator {
        /// The account kind that was expected.
        account: &'static str,
    },
    /// A field holds a value that the program never writes.
    #[error("{account}: field {field} is out of range")]
    Field {
        /// The account kind.
        account: &'static str,
        /// The field's name in the program.
        field: &'static str,
    },
    /// A bin array that belongs to another pair, or the same one twice.
    #[error("bin arrays of another pair, or one of them twice")]
    ForeignBinArray,
}

/// Account bytes whose length was checked once, so that fields can be read by offset.
pub(crate) struct Account<'a> {
    name: &'static str,
    data: &'a [u8],
}

impl<'a> Account<'a> {
    /// Takes `data` as an account of exactly `length` bytes that begins with `discriminator`.
    pub(crate) fn open(
        name: &'static str,
        data: &'a [u8],
        length: usize,
        discriminator: &[u8],
    ) -> Result<Self, DecodeError> {
        if data.len() != length {
            return Err(DecodeError::Length {
                account: name,
                found: data.len(),
                expected: length,
            });
        }
        if !data.starts_with(discriminator) {
            return Err(DecodeError::Discriminator { account: name });
        }
        Ok(Self { name, data })
    }

    /// The `N` bytes at `offset`. Offsets are constants of the layouts, all below their lengths.
    pub(crate) fn bytes<const N: usize>(&self, offset: usize) -> [u8; N] {
        let mut field = [0; N];
        field.copy_from_slice(&self.data[offset..offset + N]);
        field
    }

    pub(crate) fn u8(&self, offset: usize) -> u8 {
        self.data[offset]
    }

    pub(crate) fn u16(&self, offset: usize) -> u16 {
        u16::from_le_bytes(self.bytes(offset))
    }

    pub(crate) fn u32(&self, offset: usize) -> u32 {
        u32::from_le_bytes(self.bytes(offset))
    }

    pub(crate) fn u64(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.bytes(offset))
    }

    pub(crate) fn i32(&self, offset: usize) -> i32 {
        i32::from_le_bytes(self.bytes(offset))
    }

    pub(crate) fn i64(&self, offset: usize) -> i64 {
        i64::from_le_bytes(self.bytes(offset))
    }

    /// The refusal of this account for the value of `field`.
    pub(crate) fn bad(&self, field: &'static str) -> DecodeError {
        DecodeError::Field {
            account: self.name,
            field,
        }
    }
}
