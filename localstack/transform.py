"""Prints template.yaml as CloudFormation sees it after the SAM transform, as JSON.

Usage: .venv/emulator/bin/python localstack/transform.py [template.yaml] [Parameter=Value ...]
"""

import json
import os
import sys

# The translator asks its SDK for the region's partition; the answer never matters here.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

from samtranslator.translator.transform import transform  # noqa: E402
from samtranslator.yaml_helper import yaml_parse  # noqa: E402


class NoManagedPolicies:
    """The template names no managed policy by its short name, so none has to be looked up."""

    def load(self):
        return {}


def main(arguments):
    path = "template.yaml"
    if arguments and "=" not in arguments[0]:
        path = arguments.pop(0)
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function" and "ImageUri" not in resource["Properties"]:
            # `package` puts the uploaded address here; the translator insists on one.
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    given = dict(argument.split("=", 1) for argument in arguments)
    values = {
        name: given.get(name, parameter.get("Default"))
        for name, parameter in template["Parameters"].items()
    }
    json.dump(transform(template, values, NoManagedPolicies()), sys.stdout, indent=1)


main(sys.argv[1:])
