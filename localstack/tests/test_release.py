"""A release is called the same exactly when nothing of it changed."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from release import name  # noqa: E402


class Name(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.packages = [str(pathlib.Path(folder.name, one)) for one in ("submit", "worker")]
        for package in self.packages:
            pathlib.Path(package).write_text(package, encoding="utf-8")

    def test_a_second_run_is_the_same_release(self):
        first = name(self.packages, ["LogLevel=warn"], [])
        stack = ["LogLevel=warn", "WorkerBatchSize=10", f"Release={first}", "OfALongGoneTemplate=1"]
        self.assertEqual(name(reversed(self.packages), [], stack), first)
        self.assertRegex(first, "^[0-9a-f]{16}$")

    def test_another_parameter_is_another_release(self):
        self.assertNotEqual(name(self.packages, ["LogLevel=warn"], []), name(self.packages, [], []))

    def test_what_is_given_goes_before_what_the_stack_has(self):
        expected = name(self.packages, ["LogLevel=warn"], [])
        self.assertEqual(name(self.packages, ["LogLevel=warn"], ["LogLevel=debug"]), expected)

    def test_what_a_stack_does_not_show_is_no_other_release(self):
        stack = ["DatabaseUrl=****", "MigrateDatabaseUrl=****"]
        given = ["DatabaseUrl=postgres://db"]
        self.assertEqual(name(self.packages, given, stack), name(self.packages, given, []))

    def test_other_code_is_another_release(self):
        before = name(self.packages, [], [])
        pathlib.Path(self.packages[0]).write_text("other", encoding="utf-8")
        self.assertNotEqual(name(self.packages, [], []), before)


if __name__ == "__main__":
    unittest.main()
