"""Every dependency that a manifest declares is used: a name that no source mentions costs build time and trust.

A crate counts as used where its identifier stands in the code that the section is for: `src` for dependencies, `tests`,
`benches` and `src` for dev-dependencies, `build.rs` for build-dependencies. The compiler finds what is missing, not this.

Usage: python3 .ci/dependencies.py
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

# (package, dependency): why it is declared and yet not mentioned.
UNMENTIONED = {}


def metadata():
    command = ["cargo", "metadata", "--no-deps", "--locked", "--format-version", "1"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def code(folders):
    """The text of all Rust files below these, without their line comments."""
    files = (file for folder in folders for file in sorted(folder.rglob("*.rs")))
    return "\n".join(re.sub(r"//.*", "", file.read_text(encoding="utf-8")) for file in files)


def unused(package):
    root = pathlib.Path(package["manifest_path"]).parent
    # Members may lie below one another (a folder of one is no source of the other), but never in these folders.
    text = {None: code([root / "src"]), "build": code([root / "build"])}
    text["dev"] = text[None] + code([root / "tests", root / "benches", root / "examples"])
    if (root / "build.rs").exists():
        text["build"] += (root / "build.rs").read_text(encoding="utf-8")
    for dependency in package["dependencies"]:
        name = dependency["rename"] or dependency["name"]
        identifier = name.replace("-", "_")
        # As a path or an import: `engine` alone is also a good name for a variable.
        if not re.search(rf"\b{identifier}::|\buse {identifier}\b", text[dependency["kind"]]):
            yield dependency["kind"] or "normal", name


def offered(root):
    """What [workspace.dependencies] offers to the members."""
    manifest = tomllib.loads((pathlib.Path(root) / "Cargo.toml").read_text(encoding="utf-8"))
    return set(manifest["workspace"]["dependencies"])


def main():
    found = metadata()
    packages = found["packages"]
    taken = {dependency["name"] for package in packages for dependency in package["dependencies"]}
    offers = sorted(offered(found["workspace_root"]) - taken)
    problems = [f"Cargo.toml: no member takes {name}" for name in offers]
    for package in packages:
        for kind, name in unused(package):
            if (package["name"], name) not in UNMENTIONED:
                problems.append(f"{package['name']}: the {kind} dependency {name} is not used")
    print("\n".join(problems), file=sys.stderr)
    sys.exit(bool(problems))


main()
