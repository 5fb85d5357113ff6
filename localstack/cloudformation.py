"""Templates as Python reads them: short forms of functions spelled out, conditions and references worked out."""

import sys

import yaml

NO_VALUE = {"Ref": "AWS::NoValue"}


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML with CloudFormation's tags: `!Ref x` becomes `{"Ref": "x"}`, `!If […]` `{"Fn::If": […]}`."""


def _function(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", _function)


def load(path):
    """The template in a file."""
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader)  # noqa: S506 - it is a SafeLoader


class Template:
    """A template under certain parameters; those that are not given have their default."""

    def __init__(self, document, given):
        self.document = document
        declared = document.get("Parameters", {})
        self.parameters = {name: str(one.get("Default", "")) for name, one in declared.items()}
        self.parameters.update({name: value for name, value in given.items() if name in declared})

    def resources(self, kind):
        """The resources of a type that exist under these parameters, by name."""
        for name, resource in self.document["Resources"].items():
            wanted = resource.get("Condition")
            if resource["Type"] == kind and (wanted is None or self.holds({"Condition": wanted})):
                yield name, resource

    def holds(self, condition):
        """Whether a condition is met."""
        ((function, argument),) = condition.items()
        if function == "Condition":
            return self.holds(self.document["Conditions"][argument])
        if function == "Fn::Equals":
            left, right = argument
            return self.value(left) == self.value(right)
        if function == "Fn::Not":
            return not self.holds(argument[0])
        return {"Fn::And": all, "Fn::Or": any}[function](self.holds(one) for one in argument)

    def value(self, node):
        """The text that a reference or a choice stands for; None for no value."""
        if node is None or node == NO_VALUE:
            return None
        if not isinstance(node, dict):
            return str(node)
        if "Fn::If" in node:
            condition, yes, no = node["Fn::If"]
            return self.value(yes if self.holds({"Condition": condition}) else no)
        if "Fn::Join" in node:
            glue, parts = node["Fn::Join"]
            return self.value(parts) if isinstance(parts, dict) else glue.join(map(str, parts))
        return self.parameters[node["Ref"]]


class NoParameter(Exception):
    """What was given is no parameter."""


def pairs(words):
    """`Name=Value` as a dictionary; the last word about a name is the one that counts."""
    for word in words:
        if "=" not in word:
            raise NoParameter(f"a parameter is given as Name=Value, not {word}")
    return dict(word.split("=", 1) for word in words)


def kept_lines():
    """The parameters that a stack has, one `Name=Value` a line of the standard input."""
    return [] if sys.stdin.isatty() else [line for line in sys.stdin.read().split("\n") if line]
