//! The use cases on PostgreSQL: which parts every program puts together, said once.
