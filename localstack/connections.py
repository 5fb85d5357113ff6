"""Connections to the database that the functions may hold together, against what the database takes.

Usage: python localstack/connections.py [Parameter=Value ...] [< parameters that the stack has, one NAME=VALUE a line]

Prints the sum as a table. The exit code is 1, with the reason, when it is more than MaxConnections leaves, when nothing
bounds it, or when a number is none.
"""

import pathlib
import re
import sys

from cloudformation import NoParameter, Template, kept_lines, load, pairs

TEMPLATE = pathlib.Path(__file__).resolve().parent.parent / "template.yaml"
# PostgreSQL keeps three for superusers, RDS's own agents take a few, and an operator has to get in at night.
KEPT = 13


class Refused(Exception):
    """Why this is not to be deployed."""


def number(name, text, least):
    """A whole number from `least` on."""
    if not re.fullmatch(r"\d+", text or "", re.ASCII) or int(text) < least:
        raise Refused(f"{name} is a whole number from {least} on, not {text or 'nothing'}")
    return int(text)


def holders(template):
    """Every function with its environments at the most, and the connections of one."""
    for name, function in template.resources("AWS::Serverless::Function"):
        name = name.removesuffix("Function").lower()
        each = number(f"DatabaseConnections of {name}", str(function["Metadata"].get("DatabaseConnections")), 1)
        reserved = template.value(function["Properties"].get("ReservedConcurrentExecutions"))
        if reserved is None:
            raise Refused(f"nothing bounds the environments of {name}, and so its connections: reserve concurrency")
        yield name, number(f"the concurrency of {name}", reserved, 1), each


def table(rows, limit):
    """The sum as people read it."""
    total = sum(environments * each for _, environments, each in rows)
    lines = ["function    environments  each  connections"]
    lines += [f"{name:<10}{most:>14}{each:>6}{most * each:>13}" for name, most, each in rows]
    lines.append(f"{'together':<10}{total:>33}")
    if limit:
        lines.append(f"{'database':<10}{limit:>33}, {KEPT} of them kept for operators and the server itself")
    return total, "\n".join(lines)


def check(document, given):
    """The table, if the database takes as many connections."""
    unknown = sorted(set(given) - set(document["Parameters"]))
    if unknown:
        raise Refused(f"template.yaml has no parameter {', '.join(unknown)}")
    template = Template(document, given)
    rows = list(holders(template))
    limit = number("MaxConnections", template.parameters["MaxConnections"], 0)
    total, text = table(rows, limit)
    if limit == 0:
        raise Refused(f"{text}\nMaxConnections is not told: what does SHOW max_connections say?")
    if total > limit - KEPT:
        raise Refused(f"{text}\n{total} connections are more than {limit} - {KEPT}: lower a …Concurrency")
    if 2 * total > limit - KEPT:
        text += "\nwhile code is replaced, idle environments of before hold theirs too: up to twice as many"
    return text


def main(words, stack):
    document = load(TEMPLATE)
    try:
        # What the stack has of a former template is not asked for any more.
        kept = {name: value for name, value in pairs(stack).items() if name in document["Parameters"]}
        print(check(document, {**kept, **pairs(words)}))
    except (Refused, NoParameter) as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main(sys.argv[1:], kept_lines())
