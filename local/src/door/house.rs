//! The rule of the house, the same for every route: who calls must call the engine by its own name,
//! and pages of other origins may not change anything.

use std::{net::IpAddr, sync::Arc};

use api::{Code, Reached, Source, refusal};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, header},
    middleware::Next,
    response::Response,
};
use config::{AllowedHost, Auth, Proxies};
use engine::ports::Client;

use super::{
    Ends,
    forwarded::{self, Said},
    hosts::is_ours,
};
use crate::options::Serve;

/// What is allowed at the door.
#[derive(Clone)]
pub(crate) struct House(Arc<Rules>);

struct Rules {
    hosts: Vec<AllowedHost>,
    origins: Vec<String>,
    proxies: Proxies,
    only_this_machine: bool,
}

/// The page that a request comes from.
#[derive(Clone, Debug)]
pub(crate) enum PageOrigin {
    /// None, or the engine's own.
    Own,
    /// One of another origin.
    Foreign(String),
}

impl PageOrigin {
    /// The origin, if it is not the engine's own.
    pub(crate) fn foreign(&self) -> Option<String> {
        match self {
            Self::Own => None,
            Self::Foreign(origin) => Some(origin.clone()),
        }
    }
}

impl House {
    /// The rules that the options make.
    pub(crate) fn new(options: &Serve) -> Self {
        Self(Arc::new(Rules {
            hosts: options.allowed_hosts.0.clone(),
            origins: options.allowed_origins.texts(),
            proxies: options.trusted_proxies.clone(),
            only_this_machine: options.auth == Auth::Loopback,
        }))
    }
}

/// Lets a request in that is meant for this engine and comes from nobody's page, its own or an
/// allowed one; refuses others before any route sees them.
pub(crate) async fn admit(
    State(House(rules)): State<House>,
    mut request: Request,
    next: Next,
) -> Response {
    let called = request.extensions().get::<Ends>().copied();
    let Some((ends, reached)) = called.and_then(|ends| Some((ends, rules.called(&request, ends)?)))
    else {
        let detail = "the request names another host or port than this engine's own; \
            ALLOWED_HOSTS can add names";
        return refusal(Code::WrongHost, detail);
    };
    let page = rules.page(request.headers(), ends, reached.secure);
    if let PageOrigin::Foreign(origin) = &page
        && !request.method().is_safe()
        && !rules.allows(origin)
    {
        return refusal(Code::Forbidden, "pages of this origin may change nothing");
    }
    let (nearest, source) = rules.source(request.headers(), ends);
    let local = source.is_some_and(|source| source.to_canonical().is_loopback());
    if rules.only_this_machine && !local {
        let detail = "only programs on the engine's own machine may use it; \
            with AUTH=keys it serves others";
        return refusal(Code::Unauthorized, detail);
    }
    request.extensions_mut().insert(Client::at(nearest));
    if let Some(source) = source {
        request.extensions_mut().insert(Source(source));
    }
    request.extensions_mut().insert(page);
    request.extensions_mut().insert(reached);
    next.run(request).await
}

impl Rules {
    /// How the client called; `None` if it did not call this engine.
    fn called(&self, request: &Request, ends: Ends) -> Option<Reached> {
        let host = only(request.headers(), &header::HOST)?;
        // A target with a host of its own counts instead of the header; here both must be right.
        let target = request
            .uri()
            .authority()
            .map(|authority| authority.as_str());
        let by_proxy = self.proxies.contains(ends.peer.ip());
        let said = |name| {
            by_proxy
                .then(|| forwarded::nearest(request.headers(), name))
                .flatten()
        };
        let secure = said(Said::Proto).is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        let host = said(Said::Host).unwrap_or_else(|| host.to_owned());
        let is_ours = |host: &str| is_ours(host, &self.hosts, ends, &self.unsaid(ends, secure));
        (is_ours(&host) && target.is_none_or(is_ours)).then_some(Reached { host, secure })
    }

    /// The nearest that is known of who calls: the peer, or whoever a proxy that is believed says
    /// it speaks for; and who calls, which is `None` when such a proxy does not say it with an
    /// address.
    fn source(&self, headers: &HeaderMap, ends: Ends) -> (IpAddr, Option<IpAddr>) {
        let mut address = ends.peer.ip();
        let mut said = forwarded::addresses(headers).into_iter().rev();
        while self.proxies.contains(address) {
            match said.next() {
                Some(Some(before)) => address = before,
                Some(None) => return (address, None),
                None => break,
            }
        }
        (address, Some(address))
    }

    /// The ports that a host without one may mean: the scheme's own, and behind a proxy, which has
    /// a port of its own, the engine's.
    fn unsaid(&self, ends: Ends, secure: bool) -> [u16; 2] {
        let of_scheme = if secure { 443 } else { 80 };
        let by_proxy = self.proxies.contains(ends.peer.ip());
        [
            of_scheme,
            if by_proxy {
                ends.local.port()
            } else {
                of_scheme
            },
        ]
    }

    fn page(&self, headers: &HeaderMap, ends: Ends, secure: bool) -> PageOrigin {
        if !headers.contains_key(header::ORIGIN) {
            return PageOrigin::Own;
        }
        let origin = only(headers, &header::ORIGIN).unwrap_or("null");
        let scheme = if secure { "https://" } else { "http://" };
        let own = origin.strip_prefix(scheme);
        let unsaid = self.unsaid(ends, secure);
        if own.is_some_and(|host| is_ours(host, &self.hosts, ends, &unsaid)) {
            return PageOrigin::Own;
        }
        PageOrigin::Foreign(origin.to_owned())
    }

    fn allows(&self, origin: &str) -> bool {
        let mut allowed = self.origins.iter();
        allowed.any(|allowed| allowed.eq_ignore_ascii_case(origin))
    }
}

/// The text of a header that is given once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut given = headers.get_all(name).iter();
    let value = given.next()?.to_str().ok()?;
    given.next().is_none().then_some(value)
}
