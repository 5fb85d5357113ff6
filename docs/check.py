"""What the repository's texts name exists: linked files and headings, source files, scripts, and
the packages, targets and tests of cargo commands.

No compiler reads these, and who follows a name that is gone loses trust in the rest. Everything is
taken from the files and from `cargo metadata`; nothing is listed here but what is elsewhere.

Usage: python3 docs/check.py
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Files that a document may name although they are not in the repository.
MADE = ("target/", "../target/", ".venv/", ".aws-sam/")
ELSEWHERE = {"tests/reference.json"}  # of the project that the snapshot was taken from
SOURCE = r"\.(?:rs|sh|py|sql|tsx?|css|html|toml|ya?ml|json|md|svg|png)"
NOT_OURS_TO_READ = ("dashboard/dist/", "dashboard/package-lock.json", "Cargo.lock", "docs/check.py")


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()


class Repository:
    """Its files and their texts, new ones included and ignored ones not; its packages."""

    def __init__(self):
        names = run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
        self.files = {name for name in names if (ROOT / name).is_file()}
        self.folders = {str(up) for name in self.files for up in pathlib.PurePath(name).parents}
        self.texts = {}
        for name in sorted(self.files):
            content = (ROOT / name).read_bytes()
            if b"\0" not in content and not name.startswith(NOT_OURS_TO_READ):
                self.texts[name] = content.decode()
        metadata = ["cargo", "metadata", "--no-deps", "--locked", "--format-version", "1"]
        found = json.loads(run(*metadata))
        self.packages = {package["name"]: package for package in found["packages"]}
        default = found["workspace_default_members"]
        self.default = [package for package in found["packages"] if package["id"] in default]

    def ends_with(self, path):
        """Whether a file or folder is called that, seen from whatever folder above it."""
        return any(f"/{name}".endswith(f"/{path}") for name in self.files | self.folders)


# ---------------------------------------------------------------- documents


def links(repository, document, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", path):
            continue  # the web
        there = (ROOT / document).parent.joinpath(path).resolve() if path else ROOT / document
        if not there.is_relative_to(ROOT) or not there.exists():
            yield f"links to {target}, which is not there"
        elif anchor and there.suffix == ".md" and anchor not in anchors(there):
            yield f"links to {target}, but no heading there is called that"


def anchors(document):
    """What a forge makes of the headings."""
    for heading in re.findall(r"^#+ +(.+)$", document.read_text(encoding="utf-8"), re.M):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def sources(repository, text):
    """Files `like/this.rs`, and `like/{this,that}.rs`."""
    for name in re.findall(rf"`([\w.][\w./{{}},-]*/[\w./{{}},-]*{SOURCE})`", text):
        if name in ELSEWHERE or name.startswith(MADE):
            continue
        before, choice, after = re.fullmatch(r"([^{]*)(?:\{(.*)\})?([^}]*)", name).groups()
        for part in (choice or "").split(","):
            path = f"{before}{part}{after}"
            if not repository.ends_with(re.sub(r"^(\.\.?/)+", "", path)):
                yield f"names {path}, which is not there"


def scripts(repository, text):
    """Scripts that somebody is told to run: they are there, and those that say how may be run."""
    folders = {re.escape(name.split("/")[0]) for name in repository.files if "/" in name}
    path = rf"(?<![\w./*}}-])((?:{'|'.join(sorted(folders))})/[\w./-]+\.(?:sh|py)|\.ci/run)\b"
    for name in set(re.findall(path, text)):
        if name not in repository.files:
            yield f"names the script {name}, which is not there"
        elif repository.texts.get(name, "").startswith("#!"):
            if not (ROOT / name).stat().st_mode & 0o100:
                yield f"names {name}, which is not executable"


# ---------------------------------------------------------------- cargo commands

NAMING = {"-p": "package", "--package": "package"}
NAMING |= {f"--{kind}": kind for kind in ("test", "bench", "bin", "example")}
WITH_VALUE = {"--features", "--profile", "--target", "-i", "-j"}
PLACEHOLDER = r"[A-Z]+|.*[${].*"  # NAME in a usage line, $name in a script


def commands(text):
    """The words of every `cargo …`, continued lines included, up to where the command ends."""
    joined = re.sub(r"\\\n\s*", "", text)
    ends = r"[^`\n|;&<>()\"#]*"
    for line in re.findall(rf"\bcargo ((?:run|test|bench|build|check|clippy)\b{ends})", joined):
        yield line.split(" -- ")[0].split()


def parsed(words):
    """What a command names of the workspace, as (kind, name), and its words that are no options."""
    named, free, rest = [], [], iter(words[1:])
    for word in rest:
        option, equals, value = word.partition("=")
        if option in NAMING:
            named.append((NAMING[option], value if equals else next(rest, "")))
        elif option in WITH_VALUE and not equals:
            next(rest, "")
        elif not word.startswith("-"):
            free.append(word)
    return [(kind, name) for kind, name in named if not re.fullmatch(PLACEHOLDER, name)], free


def cargo(repository, text):
    for words in commands(text):
        named, free = parsed(words)
        wanted = [name for kind, name in named if kind == "package"]
        for name in wanted:
            if name not in repository.packages:
                yield f"`cargo {' '.join(words)}`: no package is called {name}"
        packages = [repository.packages[name] for name in wanted if name in repository.packages]
        if not packages:
            everything = list(repository.packages.values())
            packages = everything if "--workspace" in words else repository.default
        targets = [target for package in packages for target in package["targets"]]
        there = {(kind, target["name"]) for target in targets for kind in target["kind"]}
        for kind, name in named:
            if kind != "package" and (kind, name) not in there:
                yield f"`cargo {' '.join(words)}`: there is no {kind} {name}"
        if words[0] == "test" and free and re.fullmatch(r"[a-z_][a-z0-9_:]*", free[0]):
            for part in free[0].split("::"):
                if not any(has_test(repository, package, part) for package in packages):
                    yield f"`cargo {' '.join(words)}`: no test is called {part}"


def has_test(repository, package, part):
    """Whether a file or a function of the package has this in its name: cargo takes any part."""
    folder = pathlib.Path(package["manifest_path"]).parent.relative_to(ROOT).as_posix()
    for name, text in repository.texts.items():
        if name.startswith(f"{folder}/") and name.endswith(".rs"):
            if part in pathlib.PurePath(name).stem or re.search(rf"\bfn \w*{part}", text):
                return True
    return False


def main():
    repository = Repository()
    problems = []
    for name, text in repository.texts.items():
        found = [*cargo(repository, text), *scripts(repository, text)]
        if name.endswith(".md"):
            found += [*links(repository, name, text), *sources(repository, text)]
        problems += [f"{name}: {problem}" for problem in found]
    for problem in problems:
        print(problem, file=sys.stderr)
    sys.exit(bool(problems))


main()
