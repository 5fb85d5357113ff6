"""Stands in for cargo where docker/images.py executes the Dockerfile's RUN. Instead of building it
puts the programs that are built already where cargo would have put them: only those of the packages
that it is told to build, so what the Dockerfile forgets is missing here too.

Usage: cargo build --release --locked --package NAME …
Variables: CARGO, the real one; BUILT, the folder of the release builds
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

IN_FILE = r'include_(?:str|bytes)!\(\s*"([^"]+)"'  # seen from the file
IN_PACKAGE = r'(?:embed_migrations!\(|#\[folder = )"([^"]+)"'  # seen from its Cargo.toml


def metadata():
    """Fails where a member of the workspace is missing."""
    command = [os.environ["CARGO"], "metadata", "--no-deps", "--locked", "--offline"]
    command.append("--format-version=1")
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {package["name"]: package for package in found["packages"]}


def included(package):
    """The files and folders that the compiler takes into the package's library and programs."""
    root = pathlib.Path(package["manifest_path"]).parent
    for source in (root / "src").rglob("*.rs"):
        text = source.read_text(encoding="utf-8")
        yield from (source.parent / name for name in re.findall(IN_FILE, text))
        yield from (root / name for name in re.findall(IN_PACKAGE, text))


def main(words):
    if words[:1] != ["build"] or not {"--release", "--locked"} <= set(words):
        sys.exit(f"cargo: `build --release --locked` was expected, not {words}")
    packages = metadata()
    for path in (path for package in packages.values() for path in included(package)):
        if not path.exists():
            sys.exit(f"cargo: {path} is not in the build's context (.dockerignore)")
    release = pathlib.Path("target/release")
    release.mkdir(parents=True, exist_ok=True)
    for name in (words[at + 1] for at, word in enumerate(words) if word == "--package"):
        if name not in packages:
            sys.exit(f"cargo: no package is called {name}")
        for target in packages[name]["targets"]:
            if target["kind"] == ["bin"]:
                shutil.copy2(pathlib.Path(os.environ["BUILT"]) / target["name"], release)


main(sys.argv[1:])
