//! The AWS adapters against a server that speaks as AWS does, on 127.0.0.1: what they send, and
//! what they make of each answer.

mod apigateway;
mod double;
mod kms;
mod secrets;
mod sqs;
