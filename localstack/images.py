"""Prints template.yaml for functions that are container images instead of zips.

The template itself stays the only source: lines of it are replaced, and whoever changes one that this expects
is told so.

Usage: python3 localstack/images.py > TEMPLATE
"""

import pathlib
import re
import sys

TEMPLATE = pathlib.Path(__file__).resolve().parent.parent / "template.yaml"

# An image has its runtime and its entry point in itself, and no layers: what those held is below its /opt.
RUNTIME = r"""
    Runtime: provided\.al2023
    Handler: bootstrap
"""
LAYERS = r"""
    Layers: !If \[DatabaseCaLayer, \[!Ref DatabaseCaLayerArn\], !Ref AWS::NoValue\]
"""
CONDITION = r"""
  DatabaseCaLayer: !Not \[!Equals \[!Ref DatabaseCaLayerArn, ""\]\]
"""
PARAMETER = r"""
  DatabaseCaLayerArn:
    Type: String
    Default: ""
    Description: .*
"""
REPOSITORY = r"""
  ImageRepository:
    Type: String
    AllowedPattern: '[^/:]+(:\\d+)?/[a-z0-9._/-]+'
    Description: Address of the repository with the images NAME-RELEASE of the functions, without a tag.
"""
CODE = r"""
      CodeUri: functions/([a-z]+)
"""
IMAGE = r"""
      PackageType: Image
      ImageUri: !Sub ${ImageRepository}:\1-${Release}
"""
BUILD = r"""
      BuildMethod: rust-cargolambda
"""


class Unexpected(Exception):
    """template.yaml is not what this knows how to rewrite."""


def replace(text, lines, others, count=1):
    """The text with other lines in the place of those; a line's end is the beginning of the next."""
    text, found = re.subn(lines, others, text)
    if found != count:
        raise Unexpected(f"template.yaml has {found} instead of {count} times:{lines.rstrip()}")
    return text


def of(text):
    """The template with images that is made from this one."""
    functions = text.count("\n    Type: AWS::Serverless::Function\n")
    for lines in (RUNTIME, LAYERS, CONDITION):
        text = replace(text, lines, "\n")
    text = replace(text, PARAMETER, REPOSITORY)
    text = replace(text, BUILD, "\n", functions)
    text = replace(text, CODE, IMAGE, functions)
    for word in ("DatabaseCaLayer", "CodeUri", "Runtime: provided", "BuildMethod"):
        if word in text:
            raise Unexpected(f"template.yaml says {word} where images have none")
    return text


if __name__ == "__main__":
    try:
        sys.stdout.write(of(TEMPLATE.read_text(encoding="utf-8")))
    except Unexpected as problem:
        sys.exit(f"localstack/images.py: {problem}")
