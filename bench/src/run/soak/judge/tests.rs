//! The judge bites: each kind of damage is found, and a sound order is not.

use testkit::migrated_database;

use super::*;

/// Orders by the last digits of their ids: 1 is sound; 2 has no swap; 3 has two; 4 has a log with a
/// gap; 5 failed for lack of time; 6 is open; 7 has no key.
const STORED: &str = "
    INSERT INTO orders (id, token_in, token_out, decimals_in, decimals_out, amount, slippage_bps,
        status, last_seq, deadline, tx_hash, amount_out, failure_reason, failure_code,
        idempotency_key, request_hash, created_at, updated_at, closed_at)
    SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'SOL', 'USDC', 9, 6, 1, 50,
        CASE n WHEN 5 THEN 'failed' WHEN 6 THEN 'pending' ELSE 'confirmed' END, 2,
        now(), 'x', 1, 'late', CASE n WHEN 5 THEN 'deadline_exceeded' END,
        CASE WHEN n < 7 THEN 'flooder-' || n END, CASE WHEN n < 7 THEN '\\x00'::bytea END,
        now() - interval '9 seconds', now(), CASE WHEN n <> 6 THEN now() END
    FROM generate_series(1, 7) AS n;
    INSERT INTO order_events (order_id, seq, status, attempt, payload, at)
    SELECT id, seq, CASE seq WHEN 1 THEN 'pending' ELSE status END, 1, '{}', now()
    FROM orders, generate_series(1, 2) AS seq WHERE seq = 2 OR right(id::text, 1) <> '4';
    INSERT INTO chain.transactions (signature, order_id, venue, token_in, token_out, amount_in,
        min_out, last_valid_height, received_at, lands_at, landing_height, amount_out)
    SELECT id || '/' || swap, id, 'V', 'SOL', 'USDC', 1, 1, 1, now(), now(), 1, 1
    FROM orders, generate_series(1, 2) AS swap
    WHERE status = 'confirmed' AND right(id::text, 1) <> '2'
        AND (swap = 1 OR right(id::text, 1) = '3')";

fn order(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

#[tokio::test]
async fn every_kind_of_damage_is_found_and_a_sound_order_is_not() {
    let database = migrated_database();
    let client = connect(database.url()).await.expect("a connection");
    client.batch_execute(STORED).await.expect("stored");
    let mut told: HashMap<String, Told> = (1..=6)
        .map(|n| (format!("flooder-{n}"), Told::Accepted(order(n))))
        .collect();
    told.insert("flooder-2".into(), Told::NotStored);
    told.insert("flooder-3".into(), Told::Unknown);
    told.insert("second-8".into(), Told::Accepted(order(8)));
    told.insert("second-9".into(), Told::NotStored);
    let seen = [(1, 2), (5, 1)].map(|(n, last)| Seen {
        order: order(n),
        last,
        ..Seen::default()
    });
    let verdict = judge(database.url(), &told, &seen).await.expect("judged");
    let found = |what: &str, which: &str| {
        let damage = format!("1 {what}");
        let named = |text: &&String| text.starts_with(&damage) && text.contains(which);
        let matching = verdict.broken.iter().filter(named).count();
        assert_eq!(matching, 1, "{what}: {:#?}", verdict.broken);
    };
    found("accepted orders are lost", "second-8");
    found("orders are stored although", "flooder-2");
    found("orders are stored that nobody placed", "-000000000007");
    found("orders are not final", "-000000000006");
    found("orders failed for lack of time", "-000000000005");
    found("followed orders were seen", "-000000000005");
    let of = |what: &str| verdict.broken.iter().find(|text| text.contains(what));
    let log = of("log that is not whole").expect("found");
    assert!(
        log.starts_with("2 ") && log.contains("004") && log.contains("006"),
        "{log}"
    );
    let swaps = of("another number of swaps").expect("found");
    assert!(
        swaps.starts_with("2 ") && swaps.contains("with 0") && swaps.contains("with 2"),
        "{swaps}"
    );
    assert_eq!(verdict.broken.len(), 8, "{:#?}", verdict.broken);
    assert_eq!(
        (verdict.confirmed, verdict.failed["deadline_exceeded"]),
        (5, 1)
    );
    assert!(
        verdict.waits["flooder"]
            .iter()
            .all(|&wait| (8.0..10.0).contains(&wait))
    );
}
