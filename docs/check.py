"""What the documents name exists: linked files and headings, source files, scripts, cargo's packages and targets.

A document that names what is gone sends its reader into a wall, and no compiler says so. Everything is read from the
repository's own files and from `cargo metadata`.

Usage: python3 docs/check.py
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Where commands stand that somebody is told to run.
WITH_COMMANDS = {".md", ".rs", ".sh", ".py", ".toml", ".yml", ".yaml", ".example", ".json", ""}
# Files that a document may name although they are not in the repository, and why.
ELSEWHERE = {
    "tests/reference.json": "of the project that the snapshot was taken from",
}
MADE = ("target/", "../target/", ".venv/", ".aws-sam/")  # by a build or a tool
SOURCE = r"\.(?:rs|sh|py|sql|ts|tsx|css|html|toml|ya?ml|json|md|svg|png)"


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()


def committed():
    """The files of the repository, with whether each is executable. What is new counts, what is ignored does not."""
    names = run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    return {name: bool((ROOT / name).stat().st_mode & 0o100) for name in names if (ROOT / name).is_file()}


class Repository:
    def __init__(self):
        self.files = committed()
        self.folders = {str(parent) for name in self.files for parent in pathlib.PurePath(name).parents}
        found = json.loads(run("cargo", "metadata", "--no-deps", "--locked", "--format-version", "1"))
        self.packages = {package["name"]: package for package in found["packages"]}
        self.default = [self.packages[id_name(found, member)] for member in found["workspace_default_members"]]

    def has(self, name):
        return name in self.files or name in self.folders

    def ends_with(self, name):
        """Whether some file or folder is called that, seen from any folder above it."""
        return any(f"/{path}".endswith(f"/{name}") for path in (*self.files, *self.folders))

    def text(self, name):
        return (ROOT / name).read_text(encoding="utf-8")


def id_name(found, identity):
    return next(package["name"] for package in found["packages"] if package["id"] == identity)


# ---------------------------------------------------------------- documents


def headings(text):
    """The anchors that a forge makes of a document's headings."""
    for line in re.findall(r"^#+ +(.+)$", text, re.M):
        yield re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", line).lower()).replace(" ", "-")


def links(repository, document, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        there = document
        if path:
            there = (ROOT / document).parent.joinpath(path).resolve().relative_to(ROOT).as_posix()
        if not repository.has(there):
            yield f"links to {target}, which is not there"
        elif anchor and there.endswith(".md") and anchor not in headings(repository.text(there)):
            yield f"links to {target}, but no heading is called that"


def sources(repository, text):
    """Files named `like/this.rs`, seen from whatever folder."""
    for name in re.findall(rf"`([\w.][\w./{{}},-]*/[\w./{{}},-]*{SOURCE})`", text):
        if name in ELSEWHERE or name.startswith(MADE):
            continue
        for one in alternatives(name):
            if not repository.ends_with(re.sub(r"^(\.\./)+", "", one)):
                yield f"names {one}, which is not there"


def alternatives(name):
    """`a/{b,c}.rs` as a shell reads it: `a/b.rs` and `a/c.rs`."""
    found = re.fullmatch(r"(.*)\{(.*)\}(.*)", name)
    return [found[1] + part + found[3] for part in found[2].split(",")] if found else [name]


def scripts(repository, text):
    folders = "|".join(sorted({re.escape(name.split("/")[0]) for name in repository.files if "/" in name}))
    for before, name in re.findall(rf"(\S* ?)(?<![\w./*}}-])((?:{folders})/[\w./-]+\.(?:sh|py)|\.ci/run)\b", text):
        if name not in repository.files:
            yield f"names the script {name}, which is not there"
        elif not re.search(r"(?:bash|python3?|source|\.) $", before) and name.endswith(".sh"):
            if not repository.files[name]:
                yield f"runs {name}, which is not executable"


# ---------------------------------------------------------------- cargo


def commands(text):
    """Every `cargo …` in a text: its words, up to where a shell or a sentence ends it. Continued lines are one."""
    joined = re.sub(r"\\\n\s*(?:(?://[/!]|#) ?)?", " ", text)
    for line in re.findall(r"\bcargo ((?:run|test|bench|build|check|clippy|tree)\b[^`\n|;&<>()\"#]*)", joined):
        try:
            yield shlex.split(line)
        except ValueError:  # an apostrophe: a sentence about cargo
            yield line.split()


def options(words):
    """The options with a value that name something of the workspace, and the words that are no options."""
    named, free = [], []
    before = words[: words.index("--")] if "--" in words else words
    words = iter(before[1:])
    for word in words:
        option, equals, value = word.partition("=")
        if option in ("-p", "--package", "--test", "--bench", "--bin", "--example"):
            value = value if equals else next(words, "")
            named.append(("--package" if option == "-p" else option, value))
        elif option in ("--features", "-F", "--profile", "--target", "-j", "-i", "--manifest-path"):
            equals or next(words, "")
        elif not word.startswith("-"):
            free.append(word)
    return named, free


def cargo(repository, text):
    for words in commands(text):
        named, free = options(words)
        named = [(option, value) for option, value in named if not re.search(r"[$%{]|^NAME$|^X$", value)]
        packages = []
        for option, value in named:
            if option == "--package" and value not in repository.packages:
                yield f"`cargo {' '.join(words)}`: no package is called {value}"
            elif option == "--package":
                packages.append(repository.packages[value])
        everywhere = list(repository.packages.values())
        packages = packages or (everywhere if "--workspace" in words else repository.default)
        targets = {(kind, target["name"]) for package in packages for target in package["targets"]
                   for kind in target["kind"]}
        for option, value in named:
            if option != "--package" and (option[2:], value) not in targets:
                yield f"`cargo {' '.join(words)}`: there is no {option[2:]} {value} in it"
        if words[0] == "test" and "`" not in text[:0] and free[:1] and is_filter(free[0]):
            for part in free[0].split("::"):
                if not tested(repository, packages, part):
                    yield f"`cargo {' '.join(words)}`: no test is called {part}"


def is_filter(word):
    return re.fullmatch(r"[a-z_][a-z0-9_:]*", word) is not None


def tested(repository, packages, part):
    """Whether a module or a function of these packages has this in its name."""
    for package in packages:
        folder = pathlib.Path(package["manifest_path"]).parent.relative_to(ROOT).as_posix()
        for name in repository.files:
            if name.startswith(f"{folder}/") and name.endswith(".rs"):
                if part in pathlib.PurePath(name).stem or re.search(rf"\b(?:fn|mod) \w*{part}", repository.text(name)):
                    return True
    return False


def main():
    repository = Repository()
    problems = []
    for name in repository.files:
        suffix = pathlib.PurePath(name).suffix
        if suffix not in WITH_COMMANDS or name.startswith("dashboard/dist/") or name == "docs/check.py":
            continue
        try:
            text = repository.text(name)
        except UnicodeDecodeError:
            continue
        found = list(cargo(repository, text)) + list(scripts(repository, text))
        if suffix == ".md":
            found += list(links(repository, name, text)) + list(sources(repository, text))
        problems += [f"{name}: {problem}" for problem in found]
    print("\n".join(problems), file=sys.stderr)
    sys.exit(bool(problems))


main()
