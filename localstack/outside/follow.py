"""Clients of the API with what Python has and the package `websockets`: each places an order, and follows it on a socket of its own
until the server closes it. Prints, as JSON, every order's events by its id, and how many sockets were opened.

    python follow.py REST_URL CLIENTS [--until-eof]        ORDER_ENGINE_KEY: the key to show

With the option each goes on with another order until the standard input ends. It says `accepted` on the standard error as soon as
that many orders are.
"""

import concurrent.futures
import itertools
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

from websockets.exceptions import ConnectionClosedOK, InvalidStatus
from websockets.sync.client import connect

PATIENCE = 120  # seconds without a word from the server
AT_ONCE = 8  # requests that place orders
TRIES = 30  # sockets for one order
FINAL = ("confirmed", "failed", "cancelled", "expired")


def post(url, body, **headers):
    """What is answered, as JSON. Told "later" (429, 503), it asks again."""
    headers |= {"content-type": "application/json", "authorization": f"Bearer {os.environ['ORDER_ENGINE_KEY']}"}
    while True:
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            if refused.code not in (429, 503):
                raise
            time.sleep(int(refused.headers.get("retry-after", 1)))


def place(rest):
    order = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1}
    return post(f"{rest}/api/orders/execute", order, **{"idempotency-key": str(uuid.uuid4())})


def listen(address):
    """What a socket tells until the server closes it."""
    with connect(address, open_timeout=PATIENCE) as socket:
        while True:
            try:
                yield json.loads(socket.recv(timeout=PATIENCE))
            except ConnectionClosedOK:
                return


def follow(rest, accepted):
    """All events of an order, each once, and how many sockets it took."""
    events, order, address = [], accepted["orderId"], accepted["ws"]
    for sockets in range(1, TRIES):
        try:
            for event in listen(address):
                if event["seq"] > len(events) + 1:
                    break  # a push was lost: the next socket begins with what is missing
                if event["seq"] == len(events) + 1:  # else it came twice
                    events.append(event)
        except InvalidStatus:
            time.sleep(1)  # a gateway that is asked too much
        if events and events[-1]["status"] in FINAL:
            return order, events, sockets
        ticket = post(f"{rest}/api/tickets", {"orderIds": [order]})["ticket"]
        address = f"{accepted['ws'].split('?')[0]}?orderId={order}&after={len(events)}&ticket={ticket}"
    sys.exit(f"after {TRIES} sockets this is known of {order}: {events}")


def main(rest, clients, until_eof):
    is_over, count, places = threading.Event(), itertools.count(1), threading.Semaphore(AT_ONCE)
    if until_eof:
        threading.Thread(target=lambda: (sys.stdin.read(), is_over.set())).start()
    else:
        is_over.set()

    def client():
        lives = []
        while not lives or not is_over.is_set():
            with places:
                accepted = place(rest)
            if next(count) == clients:
                print("accepted", file=sys.stderr, flush=True)
            lives.append(follow(rest, accepted))
        return lives

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(client) for _ in range(clients)]
        lives = [life for one in running for life in one.result()]
    json.dump({"orders": {order: events for order, events, _ in lives}, "sockets": sum(life[2] for life in lives)}, sys.stdout)


main(sys.argv[1], int(sys.argv[2]), "--until-eof" in sys.argv)
