//! The yardstick: `pgbench` of the same PostgreSQL installation, on the same cluster, with the
//! engine's own statements.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use postgres::session;

use crate::{Outcome, load::Throughput, sample::percentile, site::Site};

const INSERT: &str = include_str!("../../shared/postgres/src/sql/insert.sql");
const CLAIM: &str = include_str!("../../shared/postgres/src/sql/claim.sql");
const APPEND: &str = include_str!("../../shared/postgres/src/sql/append.sql");

/// One order's id, drawn by pgbench. Every script begins with it.
const DRAW: &str = "\\set n random(1, 9000000000000000000)\n";
const ID: &str = "lpad(to_hex(:n::bigint), 32, '0')::uuid";

/// As long as a signature in base 58, and as unlike any other.
const SIGNATURE: &str =
    "md5(:n::bigint::text) || md5(:n::bigint::text || 'b') || 'signature in base 58'";

/// What is stored when an order comes in.
pub(crate) fn insert_script() -> String {
    format!("{DRAW}{}", insert())
}

/// All statements of an order's life, as the engine writes them for an order that meets no trouble:
/// stored, claimed and begun with, moved to a venue with what was signed for it, received by the
/// chain's ledger and looked up there, confirmed. What moves an order reads its subscribers in the
/// same round trip.
pub(crate) fn life_script() -> String {
    [
        DRAW.to_owned(),
        insert(),
        claim(),
        append("routing", "submitted", include_str!("../sql/submitted.sql")),
        include_str!("../sql/ledger.sql").to_owned(),
        append(
            "submitted",
            "confirmed",
            include_str!("../sql/confirmed.sql"),
        ),
    ]
    .concat()
    .replace("$ID", ID)
    .replace("$SIGNATURE", SIGNATURE)
}

fn insert() -> String {
    // The moment at which it is given up never comes.
    let insert = INSERT.replace("< $2", "< 'infinity'::timestamptz");
    statement(
        &insert,
        &include_str!("../sql/order.sql").replace("$ID", ID),
    )
}

fn claim() -> String {
    let beginning = [
        ("$2", "'pending'"),
        ("$3", "ARRAY['market', 'limit']"),
        ("$4", "'routing'"),
        ("$5", "2"),
        ("$6", "'{\"event\": \"routing_started\"}'::jsonb"),
    ];
    let claim = beginning
        .iter()
        .fold(CLAIM.to_owned(), |sql, (parameter, value)| {
            sql.replace(parameter, value)
        });
    let fields = format!("'id', {ID}, 'attempt', 1, 'lease_ms', 10000");
    telling(&statement(&claim, &fields))
}

fn append(was: &str, status: &str, rest: &str) -> String {
    let closed = status == "confirmed";
    let lease = if closed { "" } else { "'lease_ms', 10000, " };
    let fields = format!(
        "'id', {ID}, 'token', 1, 'version', 2, 'closed', {closed}, 'was', '{was}', \
        'status', '{status}', 'attempt', 1, 'tries', 1, 'triggers', 0, 'waits', false, \
        'decimals_out', 6, \
        'cancel_requested', false, {lease}{rest}"
    );
    telling(&statement(APPEND, &fields))
}

/// A statement that moves an order, with the reading of its subscribers behind it.
fn telling(statement: &str) -> String {
    let subscribers =
        format!("SELECT connection_id FROM subscriptions WHERE order_id = {ID} AND live;\n");
    format!("\\startpipeline\n{statement}{subscribers}\\endpipeline\n")
}

/// One of the engine's statements with its input in place.
fn statement(sql: &str, fields: &str) -> String {
    format!(
        "{};\n",
        sql.trim_end().replace(
            "$1",
            &format!("jsonb_build_array(jsonb_build_object({}))", fields.trim())
        )
    )
}

/// Runs a script by so many clients for so many seconds in a database with the engine's tables.
pub(crate) async fn pgbench(
    site: &Site,
    script: &str,
    clients: usize,
    seconds: u32,
) -> Outcome<Throughput> {
    let url = site.migrated_database().await?;
    let folder = site.folder().join("pgbench");
    fs::create_dir_all(&folder)?;
    let file = folder.join("script.sql");
    fs::write(&file, script)?;
    let output = Command::new(program()?)
        .current_dir(&folder)
        .env("PGOPTIONS", session()) // so that it has the engine's plans
        .args([
            "--no-vacuum",
            "--protocol=prepared",
            "--jobs=1",
            "--log",
            "--log-prefix=latency",
        ])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={seconds}"))
        .arg("--file")
        .arg(&file)
        .arg(url)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    let latencies = latencies(&folder)?;
    fs::remove_dir_all(&folder)?;
    match rate {
        Some(rate) if output.status.success() => Ok(Throughput {
            rate,
            p50: percentile(&latencies, 50),
            p99: percentile(&latencies, 99),
        }),
        _ => Err(format!(
            "pgbench failed: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        )
        .into()),
    }
}

/// Milliseconds of each transaction: the third field of pgbench's log, there in microseconds.
fn latencies(folder: &Path) -> Outcome<Vec<f64>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("latency") {
            let log = fs::read_to_string(entry.path())?;
            found.extend(
                log.lines()
                    .filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok()),
            );
        }
    }
    Ok(found.into_iter().map(|micros| micros / 1_000.0).collect())
}

/// Debian keeps it out of the way, the newest last.
fn program() -> Outcome<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin/pgbench"))
        .chain(
            std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
                .map(|folder| folder.join("pgbench")),
        )
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.pop().ok_or_else(|| "pgbench is not installed".into())
}
