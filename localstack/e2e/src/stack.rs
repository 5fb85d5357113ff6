//! One deployment, and what its clients and operators do.

use std::{
    collections::HashMap,
    process::{Command, Stdio},
    sync::OnceLock,
    thread,
};

use serde_json::{Value, json};
use ureq::http::{Request, header::CONTENT_TYPE};
use uuid::Uuid;

use crate::{
    Answer, Aws, Database, MiniStack, Subscriber, eventually,
    rest::{agent, answer},
    root,
};

const NAME: &str = "e2e";

/// `template.yaml` with the real functions, on an emulator and a database of its own.
pub struct Stack {
    addresses: HashMap<String, String>,
    /// Calls to its AWS.
    pub aws: Aws,
    /// Its database.
    pub database: Database,
    pub(crate) ministack: MiniStack,
}

impl Stack {
    /// Builds the functions, deploys them with these parameters of the template (`Name=Value`) and
    /// migrates.
    ///
    /// # Panics
    /// When a step fails; what the step said is shown.
    pub fn deploy(parameters: &[&str]) -> Self {
        build();
        let database = Database::create();
        let ministack = MiniStack::start();
        let mut stack = Self {
            addresses: HashMap::new(),
            aws: Aws::at(ministack.url()),
            database,
            ministack,
        };
        stack.deploy_again(parameters);
        stack
    }

    /// Runs deploy.sh on this stack and answers what it said on the way.
    ///
    /// # Panics
    /// When a step fails; what the step said is shown.
    pub fn deploy_again(&mut self, parameters: &[&str]) -> String {
        let (succeeded, said) = self.try_to_deploy(parameters, &[]);
        let log = self.ministack.log();
        assert!(succeeded, "deploy.sh failed:\n{said}\n{log}");
        said
    }

    /// Runs deploy.sh on this stack, with variables of its own: whether it succeeded, and what it
    /// said on the way.
    ///
    /// # Panics
    /// When there is no bash.
    pub fn try_to_deploy(
        &mut self,
        parameters: &[&str],
        variables: &[(&str, &str)],
    ) -> (bool, String) {
        let deployed = Command::new(root().join("localstack/deploy.sh"))
            .args(parameters)
            .env_clear()
            .envs(["PATH", "HOME"].map(|name| (name, std::env::var(name).unwrap_or_default())))
            .env("AWS_ENDPOINT_URL", self.ministack.url())
            .env("DATABASE_URL", self.database.url())
            .env("STACK_NAME", NAME)
            .env("PROFILE", "dev")
            .env("BUILD", "skip")
            .envs(variables.iter().copied())
            .output()
            .expect("bash is installed");
        let said = String::from_utf8_lossy(&deployed.stderr).into_owned();
        let succeeded = deployed.status.success();
        if succeeded {
            // What is printed once, the first key, is kept.
            let printed = String::from_utf8_lossy(&deployed.stdout);
            let printed = printed.lines().filter_map(|line| line.split_once('='));
            self.addresses
                .extend(printed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        (succeeded, said)
    }

    /// The full name of one of its functions.
    pub fn function(name: &str) -> String {
        format!("{NAME}-{name}")
    }

    /// What deploy.sh printed under this name.
    ///
    /// # Panics
    /// When it printed no such line.
    pub fn address(&self, name: &str) -> &str {
        self.addresses
            .get(name)
            .unwrap_or_else(|| panic!("deploy.sh printed no {name}"))
    }

    /// Everything that the emulator and the functions have logged.
    pub fn log(&self) -> String {
        self.ministack.log()
    }

    /// Asks the REST API, as every request here with the first key.
    ///
    /// # Panics
    /// When no HTTP answer comes.
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(self.address("FirstKey"), path)
    }

    /// Asks the REST API with another key.
    ///
    /// # Panics
    /// When no HTTP answer comes.
    pub fn get_with(&self, key: &str, path: &str) -> Answer {
        let address = self.address("RestUrl").to_owned() + path;
        answer(
            agent()
                .get(address)
                .header(AUTHORIZATION, bearer(key))
                .call(),
        )
    }

    /// Asks the REST API anything, with a key or none.
    ///
    /// # Panics
    /// When no HTTP answer comes.
    pub fn ask(&self, method: &str, path: &str, key: Option<&str>, body: Option<&Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(self.address("RestUrl").to_owned() + path)
            .header(CONTENT_TYPE, "application/json");
        let request = match key {
            Some(key) => request.header(AUTHORIZATION, bearer(key)),
            None => request,
        };
        let body = body.map(Value::to_string).unwrap_or_default();
        answer(agent().run(request.body(body).expect("a request")))
    }

    /// Wants a resource of the REST API gone.
    ///
    /// # Panics
    /// When no HTTP answer comes.
    pub fn delete(&self, path: &str) -> Answer {
        let address = self.address("RestUrl").to_owned() + path;
        let request = agent().delete(address);
        answer(
            request
                .header(AUTHORIZATION, bearer(self.address("FirstKey")))
                .call(),
        )
    }

    /// Sends JSON to the REST API.
    ///
    /// # Panics
    /// When no HTTP answer comes.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with(self.address("FirstKey"), path, body)
    }

    /// The same with another key.
    ///
    /// # Panics
    /// When no HTTP answer comes.
    pub fn post_with(&self, key: &str, path: &str, body: &Value) -> Answer {
        let address = self.address("RestUrl").to_owned() + path;
        let request = agent().post(address);
        answer(request.header(AUTHORIZATION, bearer(key)).send_json(body))
    }

    /// Places an order for one SOL and answers its id. Told "try again" (503), it does, with the
    /// same key.
    ///
    /// # Panics
    /// When it is not accepted.
    pub fn place_order(&self) -> String {
        let body = json!({"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1});
        let address = self.address("RestUrl").to_owned() + "/api/orders/execute";
        let key = Uuid::new_v4().to_string();
        let accepted = eventually("the order is accepted", || {
            let request = agent().post(&address);
            let request = request.header(AUTHORIZATION, bearer(self.address("FirstKey")));
            let request = request.header("idempotency-key", &key);
            let told = answer(request.send_json(&body));
            (told.status != 503).then_some(told)
        });
        assert_eq!(accepted.status, 202, "{accepted:?}");
        accepted.body["orderId"]
            .as_str()
            .expect("an accepted order has an id")
            .to_owned()
    }

    /// Places many orders, from 16 clients at once.
    ///
    /// # Panics
    /// When one is not accepted.
    pub fn place_orders(&self, count: usize) -> Vec<String> {
        let clients = 16;
        thread::scope(|scope| {
            let placing: Vec<_> = (0..clients)
                .map(|client| {
                    let mine = (client..count).step_by(clients);
                    scope.spawn(move || mine.map(|_| self.place_order()).collect::<Vec<_>>())
                })
                .collect();
            placing
                .into_iter()
                .flat_map(|client| client.join().expect("every order is accepted"))
                .collect()
        })
    }

    /// An order as REST tells it.
    ///
    /// # Panics
    /// When there is none with this id.
    pub fn order(&self, id: &str) -> Value {
        let found = self.get(&format!("/api/orders/{id}"));
        assert_eq!(found.status, 200, "{found:?}");
        found.body
    }

    /// An order once it has this status.
    ///
    /// # Panics
    /// When it gets another final status, or does not get there within two minutes.
    pub fn order_once(&self, id: &str, status: &str) -> Value {
        eventually(&format!("{id} is {status}"), || {
            let order = self.order(id);
            let now = order["status"].as_str().unwrap_or_default();
            let over = ["confirmed", "failed"].contains(&now) && now != status;
            assert!(!over, "waiting for {status}: {order:#}");
            (now == status).then_some(order)
        })
    }

    /// Opens a socket that watches an order, from event `after` + 1, with a ticket for all orders
    /// of the account.
    pub fn watch(&self, order: &str, after: u64) -> Subscriber {
        let (socket, ticket) = (self.address("WebSocketUrl"), self.ticket());
        Subscriber::open(&match after {
            0 => format!("{socket}?orderId={order}&ticket={ticket}"),
            _ => format!("{socket}?orderId={order}&after={after}&ticket={ticket}"),
        })
    }

    /// A ticket for all orders of the account. Told "try again" (503), it asks again.
    ///
    /// # Panics
    /// When there is none.
    pub fn ticket(&self) -> String {
        self.ticket_of(self.address("FirstKey"))
    }

    /// The same with another key.
    ///
    /// # Panics
    /// When there is none.
    pub fn ticket_of(&self, key: &str) -> String {
        let address = self.address("RestUrl").to_owned() + "/api/tickets";
        let made = eventually("a ticket is made", || {
            let request = agent().post(&address).header(AUTHORIZATION, bearer(key));
            let made = answer(request.send_json(json!({})));
            (made.status != 503).then_some(made)
        });
        let ticket = made.body["ticket"].as_str();
        ticket.unwrap_or_else(|| panic!("{made:?}")).to_owned()
    }
}

const AUTHORIZATION: &str = "authorization";

fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

/// Builds and zips the functions, once for all tests of a process.
pub(crate) fn build() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let built = Command::new(root().join("localstack/build.sh"))
            .arg("dev")
            .stdin(Stdio::null())
            .status()
            .expect("bash is installed");
        assert!(built.success(), "the functions do not build");
    });
}
