//! What a statement can be given. Each type names PostgreSQL's, so that a statement can be sent
//! without asking the server first what it takes.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use tokio_postgres::types::{Json, ToSql, Type};
use uuid::Uuid;

/// A parameter and PostgreSQL's type of it.
pub trait Param: ToSql + Sync {
    /// The type that the server is told.
    fn sql_type(&self) -> Type;
}

/// The parameters of a statement, `$1` first.
pub(crate) type Params<'a> = &'a [&'a (dyn Param + Sync)];

macro_rules! params {
    ($($rust:ty => $sql:ident, $array:ident;)+) => {$(
        impl Param for $rust {
            fn sql_type(&self) -> Type {
                Type::$sql
            }
        }

        impl Param for Vec<$rust> {
            fn sql_type(&self) -> Type {
                Type::$array
            }
        }

        impl Param for &[$rust] {
            fn sql_type(&self) -> Type {
                Type::$array
            }
        }

        impl Param for Option<$rust> {
            fn sql_type(&self) -> Type {
                Type::$sql
            }
        }

        impl Param for Option<&[$rust]> {
            fn sql_type(&self) -> Type {
                Type::$array
            }
        }
    )+};
}

params! {
    bool => BOOL, BOOL_ARRAY;
    i16 => INT2, INT2_ARRAY;
    i32 => INT4, INT4_ARRAY;
    i64 => INT8, INT8_ARRAY;
    Decimal => NUMERIC, NUMERIC_ARRAY;
    String => TEXT, TEXT_ARRAY;
    Timestamp => TIMESTAMPTZ, TIMESTAMPTZ_ARRAY;
    Uuid => UUID, UUID_ARRAY;
    &str => TEXT, TEXT_ARRAY;
    Vec<u8> => BYTEA, BYTEA_ARRAY;
}

impl<T: Serialize + Sync + std::fmt::Debug> Param for Json<T> {
    fn sql_type(&self) -> Type {
        Type::JSONB
    }
}
