"""The sum of connections: of the real template, and of numbers that nobody should deploy."""

import copy
import pathlib
import re
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import connections  # noqa: E402
from cloudformation import Template, load  # noqa: E402

DOCUMENT = load(connections.TEMPLATE)


def check(**given):
    return connections.check(DOCUMENT, given)


class Sum(unittest.TestCase):
    def test_the_defaults_are_68(self):
        text = check(MaxConnections="81")
        self.assertIn("worker                10     2           20\n", text)
        self.assertRegex(text, r"\ntogether +68\n")

    def test_a_connection_more_than_the_database_leaves_is_refused(self):
        check(MaxConnections="81")
        for given in ({"MaxConnections": "80"}, {"MaxConnections": "81", "SubmitConcurrency": "21"}):
            with self.assertRaisesRegex(connections.Refused, r"connections are more than 8\d - 13"):
                check(**given)

    def test_an_environment_of_the_relay_counts_twice(self):
        text = check(MaxConnections="400", RelayConcurrency="5")
        self.assertRegex(text, r"\ntogether +74\n")

    def test_what_is_not_deployed_holds_none(self):
        self.assertNotIn("websocket", check(MaxConnections="100", WithWebSocket="false"))

    def test_a_database_that_takes_both_versions_is_not_warned_of(self):
        self.assertIn("up to twice", check(MaxConnections="148"))
        self.assertNotIn("up to twice", check(MaxConnections="149"))

    def test_each_environment_holds_what_its_program_opens(self):
        source = (HERE.parent.parent / "shared/runtime/src/lambda.rs").read_text(encoding="utf-8")
        block = re.search(r"function_config!\((.*?)\n\);", source, re.S).group(1)
        opens = {name.lower(): int(count) for name, count in re.findall(r"(\w+): (\d+)", block)}
        opens["worker"] = opens["relay"] = opens.pop("execution")
        rows = connections.holders(Template(DOCUMENT, {}))
        self.assertEqual({name: each for name, _, each in rows}, opens)


class Ugly(unittest.TestCase):
    def refused(self, words, **given):
        with self.assertRaisesRegex(connections.Refused, words):
            check(**{"MaxConnections": "100", **given})

    def test_unreserved_is_unbounded(self):
        self.refused("nothing bounds the environments of submit", ReserveConcurrency="false")

    def test_a_function_without_a_reservation_is_unbounded(self):
        document = copy.deepcopy(DOCUMENT)
        del document["Resources"]["KeysFunction"]["Properties"]["ReservedConcurrentExecutions"]
        with self.assertRaisesRegex(connections.Refused, "nothing bounds the environments of keys"):
            connections.check(document, {"MaxConnections": "1000"})

    def test_a_function_that_does_not_say_how_many_it_opens(self):
        document = copy.deepcopy(DOCUMENT)
        del document["Resources"]["KeysFunction"]["Metadata"]["DatabaseConnections"]
        with self.assertRaisesRegex(connections.Refused, "DatabaseConnections of keys"):
            connections.check(document, {"MaxConnections": "1000"})

    def test_numbers_that_are_none(self):
        for text in ("0", "-3", "", "ten", "1.5", "1e2", " 7", "٣"):
            self.refused("the concurrency of submit is a whole number", SubmitConcurrency=text)

    def test_what_the_database_takes_has_to_be_told(self):
        self.refused("MaxConnections is not told", MaxConnections="0")
        for text in ("-1", "", "many"):
            self.refused("MaxConnections is a whole number", MaxConnections=text)

    def test_a_name_that_the_template_does_not_know(self):
        self.refused("no parameter SubmitConcurency", SubmitConcurency="1")


class Program(unittest.TestCase):
    def run_it(self, *words, stack=""):
        command = [sys.executable, str(HERE.parent / "connections.py"), *words]
        return subprocess.run(command, input=stack, capture_output=True, text=True, check=False)

    def test_what_is_given_goes_before_what_the_stack_has(self):
        stack = "MaxConnections=50\nRelayConcurrency=4\nOfALongGoneTemplate=1\n"
        self.assertIn("more than 50 - 13", self.run_it(stack=stack).stderr)
        done = self.run_it("MaxConnections=100", stack=stack)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"relay +4 +2 +8\n")

    def test_a_new_stack_has_no_parameters(self):
        self.assertEqual(self.run_it("MaxConnections=100", stack="\n").returncode, 0)

    def test_the_last_word_counts_and_a_word_alone_is_refused(self):
        done = self.run_it("MaxConnections=1", "MaxConnections=100")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.run_it("MaxConnections")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Name=Value, not MaxConnections", done.stderr)


if __name__ == "__main__":
    unittest.main()
