"""Every alarm has an entry in the runbook, every entry an alarm, and what an alarm looks at is there."""

import json
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "localstack"))

from cloudformation import load  # noqa: E402

TEMPLATES = [load(ROOT / name) for name in ("template.yaml", "database.yaml")]
RUNBOOK = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def alarms():
    """The alarms of both templates, by the name after the stack's."""
    found = {}
    for template in TEMPLATES:
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                name = resource["Properties"]["AlarmName"]["Fn::Sub"]
                found[name.removeprefix("${AWS::StackName}-")] = resource["Properties"]
    return found


def entries():
    """What the runbook says of each: the cells of its line."""
    section = RUNBOOK.split("\n## Alarms\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    found = {}
    for line in lines:
        names, *cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        for name in re.findall(r"`([a-z0-9-]+)`", names):
            assert name not in found, f"{name} has two entries"
            found[name] = cells
    return found


def metrics(alarm):
    """Namespace, name and dimensions of all that an alarm looks at."""
    if "MetricName" in alarm:
        return [alarm]
    return [one["MetricStat"]["Metric"] for one in alarm["Metrics"] if "MetricStat" in one]


class Runbook(unittest.TestCase):
    def test_alarms_and_entries_are_the_same(self):
        self.assertEqual(sorted(entries()), sorted(alarms()))

    def test_an_entry_says_what_it_means_where_to_look_and_what_to_do(self):
        for name, cells in entries().items():
            self.assertEqual(len(cells), 3, name)
            for cell in cells:
                self.assertGreater(len(cell), 10, f"{name}: {cell}")


class Alarms(unittest.TestCase):
    def test_each_tells_somebody_when_it_rings_and_when_it_is_over(self):
        for name, alarm in alarms().items():
            for action in ("AlarmActions", "OKActions"):
                self.assertEqual(alarm[action], [{"Ref": "AlarmTopic"}], name)

    def test_the_engines_own_metrics_are_counted_and_are_of_this_stack(self):
        known = set(re.findall(r'"([a-z0-9_]+)"', (ROOT / "shared/engine/src/metrics_help.rs").read_text("utf-8")))
        stack = [{"Name": "stack", "Value": {"Ref": "AWS::StackName"}}]
        own = [one for alarm in alarms().values() for one in metrics(alarm) if one["Namespace"] == "OrderEngine"]
        self.assertGreater(len(own), 5)
        for metric in own:
            self.assertIn(metric["MetricName"], known)
            self.assertEqual(metric["Dimensions"], stack, metric["MetricName"])

    def test_the_dashboard_is_json(self):
        body = TEMPLATES[0]["Resources"]["EngineDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
        widgets = json.loads(body)["widgets"]
        places = {(one["x"], one["y"]) for one in widgets}
        self.assertEqual(len(places), len(widgets), "two widgets in one place")


if __name__ == "__main__":
    unittest.main()
