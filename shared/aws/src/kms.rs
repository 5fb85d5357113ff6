//! A key in AWS KMS that signs, and never leaves it.

use aws_sdk_kms::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::sign::SignError,
    primitives::Blob,
    types::{KeySpec, KeyUsageType, MessageType, SigningAlgorithmSpec},
};
use config::KmsKeyId;

use crate::SdkConfig;

/// An Ed25519 key.
#[derive(Clone, Debug)]
pub struct Ed25519Key {
    client: Client,
    id: KmsKeyId,
    public: [u8; 32],
}

/// Why a key cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    /// KMS does not tell of it.
    #[error("the KMS key {id} cannot be used: {reason}")]
    Unreadable {
        /// Which.
        id: String,
        /// What KMS, or the way to it, said.
        reason: String,
    },
    /// It is a key for something else.
    #[error("the KMS key {id} is no ECC_NIST_EDWARDS25519 key for SIGN_VERIFY")]
    OtherKind {
        /// Which.
        id: String,
    },
}

/// Why a key does not sign now. The words may be shown to clients: they name neither key nor
/// account; what KMS said is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// Too much is asked of it.
    #[error("AWS KMS is asked too often")]
    Throttled,
    /// This program may not.
    #[error("AWS KMS does not let this program sign")]
    Denied,
    /// The key is disabled, about to be deleted, or gone.
    #[error("the key in AWS KMS is disabled or deleted")]
    Disabled,
    /// It cannot be reached, does not answer in time, or fails.
    #[error("AWS KMS does not answer")]
    Unavailable,
    /// It answers with something that is no signature.
    #[error("AWS KMS answers with what is no signature")]
    NoSignature,
}

/// What stands before the 32 bytes of an Ed25519 key in the form that KMS gives public keys in
/// (`SubjectPublicKeyInfo` in DER, RFC 8410).
const PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

impl Ed25519Key {
    /// Asks KMS for the key's public half.
    ///
    /// # Errors
    /// [`NoKey`] when it does not tell, or the key is of another kind.
    pub async fn open(sdk: &SdkConfig, id: &KmsKeyId) -> Result<Self, NoKey> {
        let client = Client::new(sdk);
        let request = client.get_public_key().key_id(id.as_str());
        let answer = request.send().await.map_err(|error| NoKey::Unreadable {
            id: id.as_str().to_owned(),
            reason: DisplayErrorContext(&error).to_string(),
        })?;
        let is_for_signing = answer.key_spec() == Some(&KeySpec::EccNistEdwards25519)
            && answer.key_usage() == Some(&KeyUsageType::SignVerify);
        let public = answer.public_key().map(Blob::as_ref).and_then(read);
        match public {
            Some(public) if is_for_signing => Ok(Self {
                client,
                id: id.clone(),
                public,
            }),
            _ => Err(NoKey::OtherKind {
                id: id.as_str().to_owned(),
            }),
        }
    }

    /// The public half.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Signs up to 4,096 bytes, as they are. The answer is not checked: not everybody who speaks
    /// KMS's protocol answers with a signature of that key.
    ///
    /// # Errors
    /// [`NotSigned`], after two seconds at the latest.
    pub async fn sign(&self, message: &[u8]) -> Result<[u8; 64], NotSigned> {
        let request = self
            .client
            .sign()
            .key_id(self.id.as_str())
            .message(Blob::new(message))
            .message_type(MessageType::Raw)
            .signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512);
        let answer = request.send().await.map_err(|error| {
            let reason = DisplayErrorContext(&error).to_string();
            tracing::warn!(key = self.id.as_str(), reason, "AWS KMS did not sign");
            problem_of(&error)
        })?;
        let signature = answer.signature().map(Blob::as_ref);
        let signature = signature.and_then(|bytes| bytes.try_into().ok());
        signature.ok_or(NotSigned::NoSignature)
    }
}

fn read(info: &[u8]) -> Option<[u8; 32]> {
    info.strip_prefix(&PREFIX)?.try_into().ok()
}

fn problem_of(error: &SdkError<SignError>) -> NotSigned {
    match error.code() {
        Some("ThrottlingException" | "LimitExceededException") => NotSigned::Throttled,
        Some(
            "AccessDeniedException"
            | "ExpiredTokenException"
            | "InvalidSignatureException"
            | "UnrecognizedClientException",
        ) => NotSigned::Denied,
        Some("DisabledException" | "KMSInvalidStateException" | "NotFoundException") => {
            NotSigned::Disabled
        }
        _ => NotSigned::Unavailable,
    }
}
