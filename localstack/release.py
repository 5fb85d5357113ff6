"""Names a release: the same code with the same parameters has the same name, and nothing else has.

Usage: python localstack/release.py PACKAGE... -- [Parameter=Value ...] [< parameters that the stack has]
"""

import hashlib
import sys

from cloudformation import Template, kept_lines, load, pairs
from connections import TEMPLATE


def name(packages, given, stack):
    """Sixteen hexadecimal digits."""
    document = load(TEMPLATE)
    # Of a parameter with NoEcho a stack tells asterisks, whether it has a value or none.
    told = {name: value for name, value in pairs(stack).items() if not is_hidden(document, name)}
    values = Template(document, {**told, **pairs(given)}).parameters
    values.pop("Release")
    digest = hashlib.sha256(TEMPLATE.read_bytes())
    for parameter in sorted(values):
        digest.update(f"{parameter}={values[parameter]}\0".encode())
    for package in sorted(packages):
        with open(package, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:16]


def is_hidden(document, name):
    """Whether what a parameter holds is shown to nobody."""
    return document["Parameters"].get(name, {}).get("NoEcho", False)


if __name__ == "__main__":
    cut = sys.argv.index("--")
    print(name(sys.argv[1:cut], sys.argv[cut + 1 :], kept_lines()))
