"""What the engine costs on AWS, from unit prices and what an order needs. Prints the table of docs/cost.md.

Usage: python3 docs/cost.py            the table
       python3 docs/cost.py --check    fails when docs/cost.md has another one
"""

import pathlib
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parent / "cost.md"
HOURS = 730  # of a month
SECONDS = HOURS * 3600

# Dollars, list prices of us-east-1 as they were known in November 2026. No bill was seen: check them.
PRICES = {
    "REST request": 3.50e-6,  # the first 333 million of a month; less beyond
    "socket message": 1.00e-6,
    "socket minute": 0.25e-6,
    "Lambda request": 0.20e-6,
    "Lambda GB-second, arm64": 1.33334e-5,
    "SQS request": 0.40e-6,
    "log GB": 0.50,
    "alarm": 0.10,
    "CloudWatch dashboard": 3.00,
    "metric": 0.30,
    "trace": 5.00e-6,
    "secret": 0.40,
    "NAT hour": 0.045,
    "NAT GB": 0.045,
    "endpoint hour, in a zone": 0.01,
    "Aurora capacity unit, hour": 0.12,
    "Aurora million I/O": 0.20,
    "Aurora GB, month": 0.10,
    "KMS key": 1.00,
    "KMS asymmetric request": 0.15e-4,
}

# What is not measured is an assumption, and is one of the two places to change.
ORDER = {
    "pushes": 5,
    "socket minutes": 1,
    "landing, seconds": 3.5,  # the worker waits for it
    "other invocations, seconds": 0.04,  # of submit and websocket, together
    "memory, GB": 0.5,
    "log, GB": 4e-6,
    "over the NAT, GB": 40e-6,
    "I/O": 60,  # of the database
    "stored, GB": 10e-6,
    "kept, days": 30,
}
# Orders a second: in a batch, and capacity units of the database.
LOADS = {10: (3, 1), 100: (10, 4), 1000: (10, 24)}


def rows(per_second):
    """What each part costs a month, by its name."""
    batch, units = LOADS[per_second]
    price, month = PRICES, per_second * SECONDS
    gb_second = ORDER["memory, GB"] * price["Lambda GB-second, arm64"]
    yield "REST API", month * price["REST request"]
    sockets = ORDER["pushes"] * price["socket message"] + ORDER["socket minutes"] * price["socket minute"]
    yield "WebSocket API", month * sockets
    yield "Lambda: requests", month * (3 + 2 / batch) * price["Lambda request"]
    yield "Lambda: worker", month * ORDER["landing, seconds"] / batch * gb_second
    yield "Lambda: submit, websocket", month * ORDER["other invocations, seconds"] * gb_second
    yield "Lambda: relay and monitor, all the time", 2 * SECONDS * 51 / 60 * 0.25 * price["Lambda GB-second, arm64"]
    polls = 10 * SECONDS / 20  # of two queues, five pollers each
    yield "SQS", (month * (2 + 4 / batch) + polls) * price["SQS request"]
    yield "Database: capacity", units * HOURS * price["Aurora capacity unit, hour"]
    yield "Database: I/O", month * ORDER["I/O"] * price["Aurora million I/O"] / 1e6
    stored = per_second * 86400 * ORDER["kept, days"] * ORDER["stored, GB"]
    yield "Database: storage", stored * price["Aurora GB, month"]
    yield "NAT", HOURS * price["NAT hour"] + month * ORDER["over the NAT, GB"] * price["NAT GB"]
    yield "Logs", month * ORDER["log, GB"] * price["log GB"]
    watching = 25 * price["alarm"] + price["CloudWatch dashboard"] + 20 * price["metric"]
    yield "Alarms, dashboard, metrics, secret", watching + price["secret"]


def options(per_second):
    """What is not in the sum, for it is off unless asked for, or another way."""
    month, price = per_second * SECONDS, PRICES
    yield "Endpoints in the NAT's place (two, in two zones)", 4 * HOURS * price["endpoint hour, in a zone"]
    yield "Traces of every request (`WithTracing`)", 3 * month * price["trace"]
    yield "KMS, one signature an order (`Venues=solana`)", price["KMS key"] + month * price["KMS asymmetric request"]


def line(name, values):
    return f"| {name} | " + " | ".join(f"{value:,.0f}" for value in values) + " |"


def table():
    """Dollars a month."""
    columns = [dict(rows(load)) for load in LOADS]
    lines = ["| dollars a month, at orders a second | " + " | ".join(f"{load:,}" for load in LOADS) + " |"]
    lines.append("|---|" + "---:|" * len(LOADS))
    lines += [line(name, [column[name] for column in columns]) for name in columns[0]]
    sums = [sum(column.values()) for column in columns]
    lines.append(line("**together**", sums))
    millions = [total / (load * SECONDS / 1e6) for load, total in zip(LOADS, sums)]
    lines.append("| *a million orders* | " + " | ".join(f"{value:,.2f}" for value in millions) + " |")
    extra = [dict(options(load)) for load in LOADS]
    lines += [line(name, [column[name] for column in extra]) for name in extra[0]]
    return "\n".join(lines)


def main():
    if "--check" not in sys.argv:
        print(table())
    elif table() not in DOCUMENT.read_text(encoding="utf-8"):
        sys.exit("docs/cost.md has another table than docs/cost.py prints")


main()
