//! A look at the database past the engine: what a test must know that no API tells.

use embedded_postgres::testing::TestDatabase;
use testkit::Network;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

/// A stack's own database.
pub struct Database {
    runtime: Runtime,
    client: Client,
    /// Between the stack and the database; `client` goes past it.
    network: Network,
    url: String,
    database: TestDatabase,
}

impl Database {
    /// A new one, empty.
    ///
    /// # Panics
    /// When PostgreSQL cannot be had.
    pub fn create() -> Self {
        let database = TestDatabase::create();
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("threads can be started");
        let (client, network, url) = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(database.url(), NoTls)
                .await
                .expect("the database was just made");
            tokio::spawn(connection);
            let (network, url) = Network::before_database(database.url()).await;
            (client, network, url)
        });
        Self {
            runtime,
            client,
            network,
            url,
            database,
        }
    }

    /// Its URL for a stack.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A role that may log in and nothing else, and the URL by which a stack does.
    ///
    /// # Panics
    /// When the database does not answer.
    pub fn create_role(&self) -> (String, String) {
        let role = format!("serving_{}", self.database.name());
        self.say(&format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'"));
        let (_, address) = self.url.split_once('@').expect("a login");
        let url = format!("postgres://{role}:secret@{address}");
        (role, url)
    }

    /// The role, and all that it may, are gone. Roles are the server's, not the database's.
    ///
    /// # Panics
    /// When the database does not answer.
    pub fn drop_role(&self, role: &str) {
        self.say(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    }

    /// Stacks cannot reach it any more.
    pub fn go_away(&self) {
        self.network.refuse(true);
        self.network.reset();
    }

    /// Stacks can reach it again.
    pub fn come_back(&self) {
        self.network.refuse(false);
    }

    /// How many swaps landed for an order, by the chain's own ledger.
    pub fn swaps_landed(&self, order: &str) -> i64 {
        self.number(
            "SELECT count(*) FROM chain.transactions WHERE order_id = $1 AND error IS NULL AND lands_at <= now()",
            order,
        )
    }

    /// How many connections are kept for an order.
    pub fn subscribers(&self, order: &str) -> i64 {
        self.number(
            "SELECT count(*) FROM subscriptions WHERE order_id = $1",
            order,
        )
    }

    /// Orders that are not over.
    ///
    /// # Panics
    /// When the database does not answer.
    pub fn open_orders(&self) -> i64 {
        let sql = "SELECT count(*) FROM outbox";
        let row = self.runtime.block_on(self.client.query_one(sql, &[]));
        row.expect("the database answers").get(0)
    }

    /// Orders whose event log is not 1, 2, 3 … up to a final status, or that landed another number
    /// of swaps than one.
    ///
    /// # Panics
    /// When the database does not answer.
    pub fn orders_with_a_flaw(&self) -> Vec<String> {
        let rows = self.runtime.block_on(self.client.query(
            "SELECT o.id::text FROM orders o WHERE o.status <> 'confirmed'
             OR o.last_seq <> (SELECT count(*) FROM order_events e WHERE e.order_id = o.id)
             OR o.last_seq <> (SELECT max(seq) FROM order_events e WHERE e.order_id = o.id)
             OR 1 <> (SELECT count(*) FROM chain.transactions t WHERE t.order_id = o.id AND error IS NULL)",
            &[],
        ));
        let rows = rows.expect("the database answers");
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// A connection that is kept although nobody is there: as left behind by a `$disconnect` that
    /// never came.
    pub fn leave_subscriber_behind(&self, connection: &str, order: &str) {
        self.run(
            "INSERT INTO subscriptions (connection_id, order_id, live, expires_at)
             VALUES ($2, $1, true, now() + interval '1 hour')",
            order,
            &[&connection],
        );
    }

    /// No migration can run any more: it looks as if none ever had, and the first one fails on the
    /// tables that are there.
    pub fn break_migrations(&self) {
        self.rename("refinery_schema_history", "history_put_aside");
    }

    /// Migrations can run again.
    pub fn mend_migrations(&self) {
        self.rename("history_put_aside", "refinery_schema_history");
    }

    /// The schema of a release to come: what every release may add, and the history that names it.
    pub fn migrate_beyond_this_build(&self) {
        let sql = "
            ALTER TABLE orders ADD COLUMN priority text NOT NULL DEFAULT 'low';
            ALTER TABLE order_events ADD COLUMN weight integer;
            CREATE TABLE shelf (order_id uuid PRIMARY KEY REFERENCES orders (id) ON DELETE CASCADE);
            INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
            VALUES (999, 'shelf', now()::text, '0')";
        self.say(sql);
    }

    fn rename(&self, from: &str, to: &str) {
        // What a failed migration left behind is an empty history.
        let sql = format!("DROP TABLE IF EXISTS {to}; ALTER TABLE {from} RENAME TO {to}");
        self.say(&sql);
    }

    fn say(&self, sql: &str) {
        self.runtime
            .block_on(self.client.batch_execute(sql))
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// As if the order had been accepted long ago: its time is over.
    pub fn let_time_run_out(&self, order: &str) {
        for table in ["orders SET deadline", "outbox SET deadline"] {
            let key = if table.starts_with("orders") {
                "id"
            } else {
                "order_id"
            };
            let sql = format!("UPDATE {table} = now() - interval '1 second' WHERE {key} = $1");
            self.run(&sql, order, &[]);
        }
    }

    /// As if every order had been accepted a minute earlier.
    pub fn let_a_minute_pass(&self) {
        let sql = "UPDATE outbox SET available_at = available_at - interval '1 minute', \
            sent_at = sent_at - interval '1 minute'";
        self.runtime
            .block_on(self.client.execute(sql, &[]))
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn number(&self, sql: &str, order: &str) -> i64 {
        let order: Uuid = order.parse().expect("an order's id is a UUID");
        self.runtime
            .block_on(self.client.query_one(sql, &[&order]))
            .expect("the database answers")
            .get(0)
    }

    fn run(&self, sql: &str, order: &str, more: &[&(dyn tokio_postgres::types::ToSql + Sync)]) {
        let order: Uuid = order.parse().expect("an order's id is a UUID");
        let mut values: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = vec![&order];
        values.extend(more);
        self.runtime
            .block_on(self.client.execute(sql, &values))
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
