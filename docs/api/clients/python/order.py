"""Sells 10 SOL for USDC and follows the order until it is final.

python order.py [http://127.0.0.1:3000 [KEY]]
"""

import json
import sys
import uuid

from order_execution_engine_client import AuthenticatedClient, Client
from order_execution_engine_client.api.orders import execute_order, list_order_events
from order_execution_engine_client.models import (
    Accepted,
    ConfirmedUpdate,
    ExecuteRequest,
    OrderType,
    Problem,
)
from websockets.sync.client import connect


def main(base_url: str = "http://127.0.0.1:3000", key: str | None = None) -> int:
    engine = AuthenticatedClient(base_url, token=key) if key else Client(base_url)

    # With an idempotency key the request can be repeated when its answer is lost: the order is the same one.
    order = ExecuteRequest(type_=OrderType.MARKET, token_in="SOL", token_out="USDC", amount="10", slippage_bps=50)
    accepted = execute_order.sync(client=engine, body=order, idempotency_key=str(uuid.uuid4()))
    if isinstance(accepted, Problem):
        print(f"{accepted.code}: {accepted.detail}", file=sys.stderr)
        return 2
    assert isinstance(accepted, Accepted) and isinstance(accepted.ws, str)

    # The socket tells the whole history, whenever it is opened, and closes after the last event.
    with connect(accepted.ws) as socket:
        for text in socket:
            update = json.loads(text)
            print(update["seq"], update["status"], update["payload"])

    # The same events, as types.
    events = list_order_events.sync(accepted.order_id, client=engine)
    assert isinstance(events, list)
    last = events[-1]
    if isinstance(last, ConfirmedUpdate):
        print(f"received {last.payload.amount_out} at {last.payload.executed_price}")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
