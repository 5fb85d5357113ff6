//! What an account may do next.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Value, json};

/// An index is of what there is by then.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// Small numbers of names and keys are those of every account.
    Place {
        body: Value,
        name: Option<u8>,
        key: Option<u8>,
        /// What the key was given for before.
        repeat: bool,
    },
    Read(Index),
    Events(Index, u64),
    List(Filter, u8),
    Export(Filter),
    Stats,
    Cancel(Index),
    /// With a stranger's.
    CancelSome(Vec<Index>, Index),
    CancelAll(Filter),
    MakeKey(Vec<&'static str>),
    RevokeKey(Index),
    Keys,
    /// On the socket that is open.
    Follow(Index, u64),
    /// A socket of its own.
    Resume(Index, u64),
    Public(&'static str),
    Probe(Probe, Index),
    /// From where a stranger's page ended.
    ForeignCursor(Index),
}

/// How to ask for what a stranger has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    Read,
    Events,
    Cancel,
    CancelSome,
    Follow,
    Unfollow,
    Resume,
    Ticket,
    RevokeKey,
    ListByName,
    ExportByName,
}

const PROBES: [Probe; 11] = [
    Probe::Read,
    Probe::Events,
    Probe::Cancel,
    Probe::CancelSome,
    Probe::Follow,
    Probe::Unfollow,
    Probe::Resume,
    Probe::Ticket,
    Probe::RevokeKey,
    Probe::ListByName,
    Probe::ExportByName,
];

#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub(super) kind: Option<&'static str>,
    pub(super) token_in: Option<&'static str>,
    name: Option<u8>,
    /// By where an order stands, which changes meanwhile.
    pub(super) moving: Option<&'static str>,
}

impl Filter {
    pub(super) fn query(&self) -> String {
        let kind = self.kind.map(|kind| format!("type={kind}&"));
        let token = self.token_in.map(|token| format!("tokenIn={token}&"));
        let name = self
            .name
            .map(|name| format!("clientOrderId={}&", common(name)));
        let moving = self.moving.map(|moving| format!("{moving}&"));
        [kind, token, name, moving].into_iter().flatten().collect()
    }

    /// Whether it means an order that was placed so, as far as that never changes.
    pub(super) fn means(&self, body: &Value) -> bool {
        self.kind.is_none_or(|kind| body["type"] == kind)
            && self.token_in.is_none_or(|token| body["tokenIn"] == token)
            && self
                .name
                .is_none_or(|name| body["clientOrderId"] == common(name))
    }
}

/// A name that every account gives.
pub(super) fn common(name: u8) -> String {
    format!("grid-{name}")
}

/// Which waits until it is cancelled.
pub(super) fn far() -> Value {
    json!({
        "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "2",
        "limitPrice": "9999", "timeInForce": "GTD",
    })
}

pub(super) fn market() -> Value {
    json!({ "type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1" })
}

/// A token that is never launched.
const NEVER: &str = "9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump";

fn a_body() -> impl Strategy<Value = Value> {
    let limit = |price: &str, time: &str| {
        let mut body = far();
        body["limitPrice"] = json!(price);
        body["timeInForce"] = json!(time);
        body
    };
    let back = json!({
        "type": "market", "tokenIn": "USDC", "tokenOut": "SOL", "amount": "3", "slippageBps": 200,
    });
    let sniper = json!({ "type": "sniper", "tokenIn": "SOL", "tokenOut": NEVER, "amount": "1" });
    select(vec![
        market(),
        back,
        limit("1", "GTD"),
        limit("9999", "IOC"),
        far(),
        sniper,
    ])
}

fn a_filter() -> impl Strategy<Value = Filter> {
    let moving = [
        "status=confirmed",
        "status=cancelled",
        "status=expired",
        "status=waiting",
        "status=pending",
        "open=true",
        "open=false",
    ];
    let kind = option::weighted(0.4, select(&["market", "limit", "sniper"][..]));
    let token_in = option::weighted(0.3, select(&["SOL", "USDC"][..]));
    let name = option::weighted(0.2, 0u8..3);
    let moving = option::weighted(0.4, select(moving.to_vec()));
    (kind, token_in, name, moving).prop_map(|(kind, token_in, name, moving)| Filter {
        kind,
        token_in,
        name,
        moving,
    })
}

pub(super) fn an_action() -> impl Strategy<Value = Action> {
    let scopes = ["orders:read", "orders:write", "stream", "keys"];
    let public = [
        "/api/quote?tokenIn=SOL&tokenOut=USDC&amount=3",
        "/api/candles?tokenIn=SOL&tokenOut=USDC&interval=1m",
        "/api/launches",
        "/api/market",
        "/api/tokens",
        "/health",
        "/metrics",
    ];
    let place = (
        a_body(),
        option::of(0u8..8),
        option::weighted(0.6, 0u8..8),
        any::<bool>(),
    );
    let some = (vec(any::<Index>(), 1..4), any::<Index>());
    let wanted = |(kind, token_in)| Filter {
        kind,
        token_in,
        ..Filter::default()
    };
    let kind = option::weighted(0.7, select(&["market", "limit", "sniper"][..]));
    let token = option::weighted(0.3, select(&["SOL", "USDC"][..]));
    prop_oneof![
        18 => place.prop_map(|(body, name, key, repeat)| Action::Place { body, name, key, repeat }),
        2 => any::<Index>().prop_map(Action::Read),
        2 => (any::<Index>(), 0u64..6).prop_map(|(of, after)| Action::Events(of, after)),
        4 => (a_filter(), 2u8..9).prop_map(|(only, limit)| Action::List(only, limit)),
        2 => a_filter().prop_map(Action::Export),
        2 => Just(Action::Stats),
        2 => any::<Index>().prop_map(Action::Cancel),
        1 => some.prop_map(|(own, foreign)| Action::CancelSome(own, foreign)),
        1 => (kind, token).prop_map(wanted).prop_map(Action::CancelAll),
        1 => prop::sample::subsequence(scopes.to_vec(), 1..=4).prop_map(Action::MakeKey),
        1 => any::<Index>().prop_map(Action::RevokeKey),
        1 => Just(Action::Keys),
        2 => (any::<Index>(), 0u64..6).prop_map(|(of, after)| Action::Follow(of, after)),
        2 => (any::<Index>(), 0u64..6).prop_map(|(of, after)| Action::Resume(of, after)),
        1 => select(public.to_vec()).prop_map(Action::Public),
        8 => (select(PROBES.to_vec()), any::<Index>()).prop_map(|(probe, of)| Action::Probe(probe, of)),
        2 => any::<Index>().prop_map(Action::ForeignCursor),
    ]
}
