"""Names a release: the same code with the same parameters has the same name, and nothing else has.

Usage: python localstack/release.py PACKAGE... -- [Parameter=Value ...] [< parameters that the stack has]
"""

import hashlib
import sys

from cloudformation import Template, kept_lines, load, pairs
from connections import TEMPLATE


def name(packages, given, stack):
    """Sixteen hexadecimal digits."""
    values = Template(load(TEMPLATE), {**pairs(stack), **pairs(given)}).parameters
    values.pop("Release")
    digest = hashlib.sha256(TEMPLATE.read_bytes())
    for parameter in sorted(values):
        digest.update(f"{parameter}={values[parameter]}\0".encode())
    for package in sorted(packages):
        with open(package, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    cut = sys.argv.index("--")
    print(name(sys.argv[1:cut], sys.argv[cut + 1 :], kept_lines()))
