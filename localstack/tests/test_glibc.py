"""What a binary needs of the C library, read from files that are made up here and from Python itself."""

import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import glibc  # noqa: E402

NEEDED, WEAK = 0, 2


def elf(*libraries):
    """An ELF file with nothing in it but what it needs: for each library its versions, as (name, flags)."""
    strings, needs = b"\0", b""
    for number, versions in enumerate(libraries):
        entries = b""
        for place, (name, flags) in enumerate(versions):
            following = 16 if place + 1 < len(versions) else 0
            entries += struct.pack("<IHHII", 0, flags, 0, len(strings), following)
            strings += name.encode() + b"\0"
        following = 16 + len(entries) if number + 1 < len(libraries) else 0
        needs += struct.pack("<HHIII", 1, len(versions), 0, 16, following) + entries
    table = 64 + len(strings) + len(needs)
    header = b"\x7fELF\x02\x01\x01".ljust(40, b"\0") + struct.pack("<QIHHHHHH", table, 0, 64, 0, 0, 64, 3, 0)
    rows = [(0, 0, 0, 0), (3, 64, len(strings), 0), (glibc.VERNEED, 64 + len(strings), len(needs), 1)]
    sections = b"".join(
        struct.pack("<IIQQQQIIQQ", 0, kind, 0, 0, offset, size, link, 0, 0, 0) for kind, offset, size, link in rows
    )
    return header + strings + needs + sections


class Newest(unittest.TestCase):
    def test_versions_are_numbers_and_of_all_libraries(self):
        libraries = [("GCC_4.2.0", NEEDED)], [("GLIBC_2.9", NEEDED)], [("GLIBC_2.2.5", NEEDED), ("GLIBC_2.28", NEEDED)]
        self.assertEqual(glibc.newest(elf(*libraries)), (2, 28))

    def test_what_may_be_missing_is_not_needed(self):
        self.assertEqual(glibc.newest(elf([("GLIBC_2.17", NEEDED), ("GLIBC_2.39", WEAK)])), (2, 17))

    def test_a_static_program_needs_none(self):
        self.assertIsNone(glibc.newest(elf()))


class Program(unittest.TestCase):
    def run_it(self, content):
        with tempfile.TemporaryDirectory() as folder:
            binary = pathlib.Path(folder, "worker")
            binary.write_bytes(content)
            command = [sys.executable, str(HERE.parent / "glibc.py"), str(binary)]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_what_lambda_has_is_said(self):
        done = self.run_it(elf([("GLIBC_2.34", NEEDED)]))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, "/worker: glibc 2.34\n")

    def test_what_is_newer_is_refused_with_the_ways_out(self):
        done = self.run_it(elf([("GLIBC_2.34", NEEDED), ("GLIBC_2.35", NEEDED)]))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        for word in ("/worker needs glibc 2.35", "has 2.34", "zig", "container", "--images"):
            self.assertIn(word, done.stderr)

    def test_what_is_no_program_is_refused(self):
        for content in (b"", b"#!/bin/sh\n", elf([("GLIBC_2.34", NEEDED)])[:-70]):
            done = self.run_it(content)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, "/worker (is no 64-bit ELF program|cannot be read)")
            self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
