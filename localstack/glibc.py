"""Refuses binaries that need a newer C library than Lambda's provided.al2023 has: they would deploy, and not start.

Usage: python3 localstack/glibc.py BINARY...        prints the newest version that each of them needs
"""

import re
import struct
import sys

LAMBDAS = (2, 34)  # of Amazon Linux 2023
VERNEED = 0x6FFFFFFE  # the section that says which versions of which libraries are needed
WEAK = 2  # a version that may be missing


class Refused(Exception):
    """Why this binary is not to be deployed."""


def sections(elf):
    """Type, offset, size and linked section of all sections of a 64-bit little-endian ELF file."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise Refused("is no 64-bit ELF program, as Lambda's are")
    (start,) = struct.unpack_from("<Q", elf, 40)
    size, count = struct.unpack_from("<HH", elf, 58)
    for at in range(start, start + size * count, size):
        kind, offset, length, link = struct.unpack_from("<4xI16xQQI", elf, at)
        yield kind, offset, length, link


def needed(elf):
    """The names of all versions that the loader insists on, such as GLIBC_2.34."""
    found = list(sections(elf))
    for kind, library, _, link in found:
        if kind != VERNEED:
            continue
        names = found[link][1]
        more = True
        while more:
            version, more = struct.unpack_from("<8xII", elf, library)
            version += library
            following = True
            while following:
                flags, name, following = struct.unpack_from("<4xH2xII", elf, version)
                if not flags & WEAK:
                    yield elf[names + name : elf.index(b"\0", names + name)].decode()
                version += following
            library += more


def newest(elf):
    """The newest version of the GNU C library that is needed, as (2, 34); None for a static program."""
    matches = (re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", name) for name in needed(elf))
    return max(((int(match[1]), int(match[2])) for match in matches if match), default=None)


def check(path):
    """What the binary in this file needs, if Lambda has it."""
    with open(path, "rb") as file:
        try:
            version = newest(file.read())
        except (struct.error, IndexError, ValueError) as problem:
            raise Refused(f"{path} cannot be read: {problem}") from problem
        except Refused as refused:
            raise Refused(f"{path} {refused}") from refused
    if version and version > LAMBDAS:
        raise Refused(
            f"{path} needs glibc {text(version)}, and Lambda's provided.al2023 has {text(LAMBDAS)}, so it would not start: "
            "build with cargo-lambda and zig (localstack/deploy.sh does), in a container with an older system, "
            "or deploy images, which bring their own (localstack/deploy.sh --images)"
        )
    return version


def text(version):
    return ".".join(map(str, version)) if version else "none"


def main(paths):
    try:
        for path in paths:
            print(f"{path}: glibc {text(check(path))}")
    except (Refused, OSError) as refused:
        sys.exit(f"localstack/glibc.py: {refused}")


if __name__ == "__main__":
    main(sys.argv[1:])
