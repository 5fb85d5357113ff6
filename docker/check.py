"""Starts the program of every image that the Dockerfile makes (docker/images.py), with the image's
user, variables and entry point, and nothing around it but the image's own files.

The functions get an event from a stand-in for Lambda, the engine an order; both have a PostgreSQL.
Not covered: Docker itself, its base images, a build that begins with nothing.

Usage: python3 docker/check.py FOLDER     of the release builds; as root, for chroot
"""

import contextlib
import json
import os
import pathlib
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request

import images
import lambda_api
import postgres

NOWHERE = "http://127.0.0.1:1"  # no queue is here: what cannot be sent waits in the database
AT_ONCE = {"SIM_QUOTE_DELAY_MS": "0", "SIM_EXECUTION_DELAY_MS": "0"}
# What Lambda sets, and what template.yaml does.
FUNCTION = AT_ONCE | {
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_LAMBDA_FUNCTION_NAME": "image",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH": "true",
    "AWS_ENDPOINT_URL": NOWHERE,
    "QUEUE_URL": f"{NOWHERE}/123456789012/orders",
    "REPLAY_QUEUE_URL": f"{NOWHERE}/123456789012/replays",
    "WS_MANAGEMENT_ENDPOINT": "none",
}


class Unexpected(Exception):
    pass


def expect(name, found, wanted):
    if found != wanted:
        raise Unexpected(f"{name}: {found} instead of {wanted}")


class Functions:
    """An order's way through the functions, each started for one event."""

    covers = {"migrate", "submit", "relay", "monitor", "worker", "websocket", "keys"}

    def __init__(self, made, database):
        self.made, self.variables = made, FUNCTION | {"DATABASE_URL": database}

    def answer(self, name, event, **variables):
        given = self.variables | variables
        try:
            return lambda_api.invoke(lambda api: self.made[name].start(given | api), event)
        except lambda_api.NoAnswer as problem:
            raise Unexpected(f"{name} {problem}") from problem

    def run(self):
        migrated = self.answer("migrate", {})
        engine = [file.name for file in (images.ROOT / "migrations").glob("V*.sql")]
        ledger = list((images.ROOT / "shared/simulation/migrations").glob("V*.sql"))
        version = max(int(name[1 : name.index("__")]) for name in engine)
        expect("migrate", migrated, {"applied": len(engine) + len(ledger), "version": version})

        created = self.answer("keys", {"action": "create", "account": "main"})
        expect("keys", created["key"].split("_")[:2], ["oek", created["id"]])

        key = created["key"]
        accepted = self.answer("submit", shown(key, recorded("submit/tests/events/post_order.json")))
        expect("submit", accepted["statusCode"], 202)
        order = json.loads(accepted["body"])["orderId"]

        tick = recorded("relay/tests/events/schedule.json")
        expect("relay", self.answer("relay", tick), {"ok": True})

        tick = recorded("monitor/tests/events/schedule.json")
        expect("monitor", self.answer("monitor", tick), {"ok": True})

        message = json.dumps({"v": 1, "orderId": order, "attempt": 1})
        bodies = {"order": message, "unreadable": "?"}
        records = [{"messageId": name, "body": body} for name, body in bodies.items()]
        failed = {"batchItemFailures": [{"itemIdentifier": "unreadable"}]}
        expect("worker", self.answer("worker", {"Records": records}), failed)

        read = recorded("submit/tests/events/get_health_least.json")
        found = self.answer("submit", shown(key, read | {"path": f"/api/orders/{order}"}))
        expect("the order", json.loads(found["body"])["status"], "confirmed")

        context = read["requestContext"] | {"httpMethod": "POST"}
        asked = {"path": "/api/tickets", "httpMethod": "POST", "requestContext": context}
        ticket = self.answer("submit", shown(key, read | asked))
        expect("a ticket", ticket["statusCode"], 200)
        query = {"queryStringParameters": {"ticket": json.loads(ticket["body"])["ticket"]}}
        connect = recorded("websocket/tests/events/connect.json") | query
        origin = connect["headers"]["Origin"]
        opened = self.answer("websocket", connect, ALLOWED_ORIGINS=origin)
        expect("websocket", opened, {"statusCode": 200})


def shown(key, event):
    """A request that shows this key."""
    value = f"Bearer {key}"
    headers = event["headers"] | {"authorization": value}
    lists = event["multiValueHeaders"] | {"authorization": [value]}
    return event | {"headers": headers, "multiValueHeaders": lists}


def recorded(event):
    return json.loads((images.ROOT / "functions" / event).read_text(encoding="utf-8"))


class Engine:
    """Without keys or a database it says what is missing; with one it executes an order."""

    covers = {"engine"}

    def __init__(self, made, database):
        self.image, self.database = made["engine"], database

    def run(self):
        # With the image's HOST and PORT as they are: it ends before it listens.
        for variables, names in (({}, "AUTH=keys"), ({"AUTH": "open"}, "DATABASE_URL")):
            refused = self.image.start(variables).wait(30)
            if refused == 0 or names not in self.image.said():
                raise Unexpected(f"engine: with {variables} it must end, and name {names}")
        port = postgres.free_port()
        # A container has its addresses for itself; here it is to be seen by this machine alone.
        variables = {"HOST": "127.0.0.1", "PORT": str(port), "DATABASE_URL": self.database}
        process = self.image.start(AT_ONCE | variables)
        try:
            self.execute_order(process, f"http://127.0.0.1:{port}")
            process.terminate()
            expect("engine, ended", process.wait(30), 0)
        finally:
            process.kill()
            process.wait()

    def execute_order(self, process, at):
        until(process, lambda: ask(f"{at}/health"))
        order = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 10}
        order = ask(f"{at}/api/orders/execute", order)["orderId"]
        until(process, lambda: ask(f"{at}/api/orders/{order}")["status"] == "confirmed")


def ask(url, body=None):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def until(process, done, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError):
            if done():
                return
        time.sleep(0.1)
    raise Unexpected(f"engine: it has ended, or did not get there within {seconds} s")


def check(made, databases):
    """Starts them all; a stage that nothing here starts is an image that nobody has ever run."""
    parts = [part(made, url) for part, url in zip((Functions, Engine), databases, strict=True)]
    if unknown := set(made) ^ set().union(*(part.covers for part in parts)):
        raise Unexpected(f"either the Dockerfile or docker/check.py does not know {unknown}")
    expect("the stage that is built without a target", list(made)[-1], "engine")
    for part in parts:
        part.run()


def main(built):
    if os.geteuid() != 0:
        sys.exit("docker/check.py: only root may chroot")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("docker/check.py: ended"))  # and cleans up
    with tempfile.TemporaryDirectory(prefix="order-engine-images-") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o711)  # the images' user and PostgreSQL's pass through
        try:
            made = images.make(folder, pathlib.Path(built).resolve())
        except (ValueError, OSError) as problem:
            sys.exit(f"docker/check.py: {problem}")
        try:
            with postgres.server(folder / "postgres", ["functions", "engine"]) as databases:
                check(made, databases)
        except Unexpected as problem:
            for image in made.values():
                print(f"--- {image.name} said\n{image.said()}", file=sys.stderr)
            sys.exit(f"docker/check.py: {problem}")
    print(f"made and started without Docker: {', '.join(made)}")


main(*sys.argv[1:])
