//! Who may use the API: everybody, or who shows a key.
//!
//! A handler names what it needs as its first argument, [`Reads`] or another, and gets the caller,
//! whose account everything is read and written for. Whoever may not is refused before anything
//! else of the request is looked at.

use std::{net::IpAddr, sync::Arc};

use auth::{Keys, Refused, TicketOffice};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use engine::{
    account::{Caller, Scope},
    order::OrderId,
};

use super::{code::Code, problem::ApiError};
use crate::Api;

/// Who may use the API, and how sockets are opened.
#[derive(Clone)]
pub struct Access {
    /// Who may.
    pub who: Who,
    /// Makes tickets for sockets.
    pub tickets: TicketOffice,
}

/// Who may use the API.
#[derive(Clone)]
pub enum Who {
    /// Programs on this machine, for the account `local`. Whoever stands before the API lets nobody
    /// else in.
    ThisMachine,
    /// Everybody, for the account `local`: something else guards the engine.
    Everybody,
    /// Who shows a key.
    WithKey(Keys),
}

impl Access {
    /// The names on the wire.
    pub(crate) const NAMES: [&'static str; 3] = ["loopback", "keys", "open"];

    /// The name on the wire.
    pub(crate) const fn name(&self) -> &'static str {
        let [this_machine, with_key, everybody] = Self::NAMES;
        match self.who {
            Who::ThisMachine => this_machine,
            Who::WithKey(_) => with_key,
            Who::Everybody => everybody,
        }
    }

    /// What a socket's address needs for this order; nothing where no key is asked for, or when the
    /// caller may not open it. That it cannot be had is no reason to refuse what was done.
    pub(crate) async fn ticket_in_address(
        &self,
        caller: &Caller,
        order: OrderId,
    ) -> Option<String> {
        if !matches!(self.who, Who::WithKey(_)) || !caller.scopes.allow(Scope::Stream) {
            return None;
        }
        let issued = self.tickets.issue(caller, Some(vec![order])).await;
        let issued = issued.inspect_err(|error| tracing::warn!(%error, "an answer has no ticket"));
        issued.ok().map(|issued| issued.text)
    }

    async fn caller(
        &self,
        headers: &HeaderMap,
        source: Option<IpAddr>,
        scope: Scope,
    ) -> Result<Caller, ApiError> {
        match &self.who {
            Who::ThisMachine | Who::Everybody => Ok(Caller {
                source,
                ..Caller::local()
            }),
            Who::WithKey(keys) => {
                let shown = shown(headers)?;
                // A key that was revoked a moment ago must not make another one.
                Ok(match scope {
                    Scope::Keys => keys.caller_now(shown, source).await?,
                    Scope::OrdersRead | Scope::OrdersWrite | Scope::Stream => {
                        keys.caller(shown, source).await?
                    }
                })
            }
        }
    }
}

/// The value of the header in which a key is shown.
///
/// # Errors
/// `unauthorized` when it is no text, or there are several.
fn shown(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let first = given.next().map(|value| value.to_str());
    match (first.transpose(), given.next()) {
        (Ok(first), None) => Ok(first),
        (Ok(_) | Err(_), _) => Err(Refused::Invalid.into()),
    }
}

/// From where a request comes, if whoever stands before the API knows. An extension of the request.
#[derive(Clone, Copy, Debug)]
pub struct Source(pub IpAddr);

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident: $scope:ident;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) Caller);

        impl FromRequestParts<Arc<Api>> for $name {
            type Rejection = ApiError;

            async fn from_request_parts(
                parts: &mut Parts,
                api: &Arc<Api>,
            ) -> Result<Self, ApiError> {
                allowed(parts, api, Scope::$scope).await.map(Self)
            }
        }
    )+};
}

callers! {
    /// Who may read orders, quotes and statistics.
    Reads: OrdersRead;
    /// Who may place and cancel orders.
    Writes: OrdersWrite;
    /// Who may follow orders on a socket.
    Streams: Stream;
    /// Who may list, make and revoke keys.
    ManagesKeys: Keys;
}

async fn allowed(parts: &Parts, api: &Api, scope: Scope) -> Result<Caller, ApiError> {
    let source = parts
        .extensions
        .get::<Source>()
        .map(|source| source.0.to_canonical());
    let caller = api.access.caller(&parts.headers, source, scope).await?;
    if caller.scopes.allow(scope) {
        Ok(caller)
    } else {
        let detail = format!("this needs a key with the scope {scope}");
        Err(ApiError::new(Code::Forbidden, detail))
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Missing => {
                let detail = "a key is needed: Authorization: Bearer oek_…";
                Self::new(Code::Unauthorized, detail)
            }
            Refused::Invalid => Self::new(Code::Unauthorized, "the key is not valid"),
            Refused::Store(error) => error.into(),
        }
    }
}
