"""One order, placed by REST and followed on the socket (or by REST without one) until it is confirmed."""

import json
import os
import sys
import time
import urllib.request
import uuid

PATIENCE = 60  # seconds; an order takes about four
FINAL = ("confirmed", "failed")


def call(url, body=None):
    """Sends JSON, answers JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data)
    request.add_header("authorization", f"Bearer {os.environ['ORDER_ENGINE_KEY']}")
    if data:
        request.add_header("content-type", "application/json")
        request.add_header("idempotency-key", str(uuid.uuid4()))
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def from_socket(url, order, ticket):
    """The order's events as its watcher gets them."""
    from websockets.sync.client import connect

    with connect(f"{url}?orderId={order}&ticket={ticket}", open_timeout=30) as socket:
        deadline = time.monotonic() + PATIENCE
        while True:
            yield json.loads(socket.recv(timeout=deadline - time.monotonic()))


def from_log(url, order):
    """The order's events, asked for again and again."""
    seen = 0
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for event in call(f"{url}/api/orders/{order}/events?after={seen}"):
            seen = event["seq"]
            yield event
        time.sleep(0.5)
    raise TimeoutError(f"order {order} was not final within {PATIENCE} s")


def main(rest, socket):
    print("health   ", call(f"{rest}/health")["status"])
    accepted = call(
        f"{rest}/api/orders/execute",
        {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1},
    )
    order = accepted["orderId"]
    print("accepted ", order)
    last = 0
    ticket = call(f"{rest}/api/tickets", {})["ticket"]
    for event in from_socket(socket, order, ticket) if socket else from_log(rest, order):
        if event["seq"] <= last:
            continue  # delivered twice, which is allowed
        if event["seq"] != last + 1:
            sys.exit(f"gap: event {event['seq']} came after {last}")
        last = event["seq"]
        print(f"{last:>9}", event["status"], json.dumps(event["payload"])[:120])
        if event["status"] in FINAL:
            sys.exit(0 if event["status"] == "confirmed" else "the order failed")


main(*sys.argv[1:])
