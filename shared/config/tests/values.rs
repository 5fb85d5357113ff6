//! What each kind of value accepts and refuses.

use std::time::Duration;

use config::{
    Count, DelayRange, HOST, HttpUrl, LookMillis, Origins, RECHECK_MAX_S, RETAIN_DAYS,
    RecheckSeconds, RetainDays, SIM_VOLATILITY, Share, Volatility, WATCH_EVERY_MS,
    WORKER_CONCURRENCY,
};

#[test]
fn values_that_look_nearly_right_are_refused() {
    for text in [
        "", "-1", "350-200", "200-", "1.5", "600001", "1-2-3", "200 ms",
    ] {
        assert!(text.parse::<DelayRange>().is_err(), "{text}");
    }
    for text in [
        "",
        "-0.1",
        "1.000001",
        "0.0000001",
        ".5",
        "1e-3",
        "5%",
        "0.",
        "99999999999",
    ] {
        assert!(text.parse::<Share>().is_err(), "{text}");
    }
    for text in [
        "*",
        "null",
        "desk.example",
        "https://",
        "https://desk.example/",
        "https://desk.example/app",
        "https://user@desk.example",
        "https://desk.example:port",
        "ftp://desk.example",
        "https://*.example",
    ] {
        assert!(text.parse::<Origins>().is_err(), "{text}");
    }
    for text in [
        "sqs",
        "https://",
        "http:///path",
        "https://a b",
        "ws://host",
    ] {
        assert!(text.parse::<HttpUrl>().is_err(), "{text}");
    }
}

#[test]
fn shares_are_exact() {
    for (text, parts) in [
        ("0", 0),
        ("1", 1_000_000),
        ("1.0", 1_000_000),
        ("0.05", 50_000),
        ("0.000001", 1),
    ] {
        assert_eq!(
            text.parse().map(Share::parts_per_million),
            Ok(parts),
            "{text}"
        );
    }
}

#[test]
fn pauses_and_volatility_have_a_least_and_a_most() {
    let look = |text| WATCH_EVERY_MS.parse(text).map(LookMillis::duration).ok();
    assert_eq!(look("100"), Some(Duration::from_millis(100)));
    assert_eq!(look("60000"), Some(Duration::from_secs(60)));
    for text in ["99", "60001", "0", "-1", "2.5", "2s", ""] {
        assert_eq!(look(text), None, "{text}");
    }
    let check = |text| RECHECK_MAX_S.parse(text).map(RecheckSeconds::duration).ok();
    assert_eq!(check("5"), Some(Duration::from_secs(5)));
    assert_eq!(check("3600"), Some(Duration::from_secs(3_600)));
    for text in ["4", "3601", "0", "-5", "7.5", "5s", ""] {
        assert_eq!(check(text), None, "{text}");
    }
    let days = |text| RETAIN_DAYS.parse(text).map(RetainDays::duration).ok();
    assert_eq!(days("7"), Some(Duration::from_secs(7 * 24 * 60 * 60)));
    assert_eq!(
        days("3650"),
        Some(Duration::from_secs(3_650 * 24 * 60 * 60))
    );
    for text in ["6", "3651", "0", "-7", "7.5", "7d", ""] {
        assert_eq!(days(text), None, "{text}");
    }
    let moves = |text| SIM_VOLATILITY.parse(text).map(Volatility::thousandths).ok();
    for (text, thousandths) in [("0", 0), ("0.5", 500), ("1", 1_000), ("4.000", 4_000)] {
        assert_eq!(moves(text), Some(thousandths), "{text}");
    }
    for text in ["4.001", "5", "-1", "0.0005", ".5", "1e1", ""] {
        assert_eq!(moves(text), None, "{text}");
    }
}

#[test]
fn ports_and_addresses_make_an_origin() {
    for (text, origin) in [
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://[::1]:80", "http://[::1]"),
        ("HTTPS://DESK.example", "https://desk.example"),
    ] {
        let origins: Origins = text.parse().expect(text);
        assert_eq!(origins.texts(), [origin]);
    }
}

#[test]
fn the_host_may_be_called_by_its_name() {
    for (text, address) in [
        ("localhost", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("::1", "::1"),
    ] {
        let host = HOST.parse(text).map(|host| host.ip().to_string());
        assert_eq!(host.as_deref(), Ok(address), "{text}");
    }
    for text in ["", "desk.example", "127.0.0.1:3000", "127.1"] {
        assert!(HOST.parse(text).is_err(), "{text}");
    }
}

#[test]
fn there_is_at_least_one_worker() {
    assert_eq!(WORKER_CONCURRENCY.parse("1000").map(Count::get), Ok(1_000));
    for text in ["0", "1001", "-1", "many", ""] {
        assert!(WORKER_CONCURRENCY.parse(text).is_err(), "{text}");
    }
}

#[test]
fn every_default_is_allowed_and_every_name_stands_for_one_variable() {
    for variable in config::ALL {
        let default = variable.default.map(variable.check);
        assert!(!matches!(default, Some(Err(_))), "{variable:?}");
        let same = config::ALL.iter().filter(|one| one.name == variable.name);
        assert_eq!(same.count(), 1, "{variable:?}");
        assert!(variable.doc.ends_with('.'), "{variable:?}");
    }
}
