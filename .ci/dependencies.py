"""Every dependency that a manifest declares is used: one that no source mentions costs building
time and trust for nothing.

Used is what stands as a path or an import in the code that the section is for: `src`; for those of
development also `tests`, `benches` and `examples`; for those of the build `build.rs`. The compiler
finds what is missing; this finds what is too much.

Usage: python3 .ci/dependencies.py
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

# (package, dependency): why it is declared although no source mentions it.
UNMENTIONED = {}
FOLDERS = {
    None: ["src"],
    "dev": ["src", "tests", "benches", "examples"],
    "build": ["build.rs"],
}


def metadata():
    command = ["cargo", "metadata", "--no-deps", "--locked", "--format-version", "1"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def code(paths):
    """The text of all Rust files there, without line comments."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*.rs")))
    return "\n".join(re.sub(r"//.*", "", file.read_text(encoding="utf-8")) for file in files)


def unused(package):
    root = pathlib.Path(package["manifest_path"]).parent
    for dependency in package["dependencies"]:
        name = dependency["rename"] or dependency["name"]
        identifier = name.replace("-", "_")
        text = code(root / folder for folder in FOLDERS[dependency["kind"]])
        # As a path or an import: `engine` alone is also a good name for a variable.
        if (package["name"], name) not in UNMENTIONED:
            if not re.search(rf"\b{identifier}::|\buse {identifier}\b", text):
                yield dependency["kind"] or "normal", name


def offered(root):
    """What [workspace.dependencies] offers to the members."""
    manifest = (pathlib.Path(root) / "Cargo.toml").read_text(encoding="utf-8")
    return set(tomllib.loads(manifest)["workspace"]["dependencies"])


def main():
    found = metadata()
    taken = {needed["name"] for package in found["packages"] for needed in package["dependencies"]}
    problems = [
        f"Cargo.toml: no member takes {name}"
        for name in sorted(offered(found["workspace_root"]) - taken)
    ]
    for package in found["packages"]:
        for kind, name in unused(package):
            problems.append(f"{package['name']}: the {kind} dependency {name} is not used")
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(bool(problems))


main()
