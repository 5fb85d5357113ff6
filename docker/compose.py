"""Checks docker-compose.yml against what it names: stages of the Dockerfile, files, its own
volumes, networks and services, and the variables of .env.example with their defaults.

Usage: .venv/template/bin/python docker/compose.py     (PyYAML)
"""

import pathlib
import re
import sys

import dockerfile
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOT_FOR_COMPOSE = "cargo run only"  # the section of .env.example


def documented():
    """The variables of .env.example with their values, and the section of each."""
    section, variables, sections = "", {}, {}
    for line in read(".env.example").splitlines():
        if header := re.fullmatch(r"# --- (.+)", line):
            section = header[1]
        elif setting := re.fullmatch(r"# ([A-Z][A-Z_]*)=(.*)", line):
            variables[setting[1]], sections[setting[1]] = setting[2], section
    return variables, sections


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def services(compose):
    stages = dockerfile.stages(read("Dockerfile"))
    for name, service in compose["services"].items():
        build = service.get("build")
        if build and build["target"] not in stages:
            yield f"{name}: the Dockerfile has no stage {build['target']}"
        if not build and "image" not in service:
            yield f"{name}: neither an image nor a build"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith(".") and not (ROOT / source).exists():
                yield f"{name}: {source} is not there"
            elif source[0] not in "./" and source not in compose["volumes"]:
                yield f"{name}: the volume {source} is not declared"
        for network in service.get("networks", []):
            if network not in compose["networks"]:
                yield f"{name}: the network {network} is not declared"
        for other, condition in service.get("depends_on", {}).items():
            if other not in compose["services"]:
                yield f"{name}: there is no service {other}"
            elif condition["condition"] == "service_healthy":
                if "healthcheck" not in compose["services"][other]:
                    yield f"{name}: {other} never gets healthy, it has no health check"
        if "restart" not in service:
            yield f"{name}: no restart policy"


def variables(text):
    values, sections = documented()
    used = dict(re.findall(r"\$\{(\w+)(?::-([^}]*))?\}", text))
    for name, default in used.items():
        if name not in values:
            yield f"{name} is not in .env.example"
        elif default != values[name]:
            yield f"{name} defaults to {default!r}, in .env.example to {values[name]!r}"
    for name in values.keys() - used.keys():
        if sections[name] != NOT_FOR_COMPOSE:
            yield f"{name} is in .env.example but has no effect here"
    for name in values.keys() & used.keys():
        if sections[name] == NOT_FOR_COMPOSE:
            yield f"{name} is used, but .env.example says it is not"


def main():
    text = read("docker-compose.yml")
    problems = [*services(yaml.safe_load(text)), *variables(text)]
    for problem in problems:
        print(f"docker-compose.yml: {problem}", file=sys.stderr)
    sys.exit(bool(problems))


main()
