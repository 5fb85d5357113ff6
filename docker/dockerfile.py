"""What Docker reads from a Dockerfile and a .dockerignore, as far as ours go.

Whatever else stands there is refused: a check that passes over what it does not know is none.
"""

import dataclasses
import json
import pathlib
import re
import shlex


@dataclasses.dataclass
class Stage:
    """One `FROM … AS name` with the instructions below it."""

    name: str
    base: str
    instructions: list  # of (keyword, the rest)

    def all(self, keyword):
        return [rest for found, rest in self.instructions if found == keyword]


@dataclasses.dataclass
class Copy:
    """One `COPY [--from=stage] sources… destination`."""

    stage: str | None
    sources: list
    destination: str


KNOWN = {"RUN", "COPY", "WORKDIR", "ARG", "ENV", "USER", "ENTRYPOINT", "EXPOSE"}


def stages(text):
    """The stages by name, in order."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.M)
    text = re.sub(r"\\\n", "", text)
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        keyword, rest = line.split(maxsplit=1)
        if keyword == "FROM":
            base, _, name = re.fullmatch(r"(\S+)( AS (\S+))?", rest).groups()
            stage = found[name or base] = Stage(name or base, base, [])
        elif keyword in KNOWN:
            stage.instructions.append((keyword, rest.strip()))
        else:
            raise ValueError(f"Dockerfile: {keyword} is not known here")
    return found


def lineage(found, stage):
    """A stage and what it stands on, the lowest first."""
    below = lineage(found, found[stage.base]) if stage.base in found else []
    return [*below, stage]


def run(rest):
    """The text that a RUN gives to the shell: without the options of RUN itself."""
    return re.sub(r"^(--\S+\s+)*", "", rest)


def copy(rest):
    words = rest.split()
    stage = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else None
    if any(word.startswith("--") for word in words):
        raise ValueError(f"Dockerfile: an option of COPY {rest} is not known here")
    return Copy(stage, words[:-1], words[-1])


def environment(line):
    """All variables of a stage and of those below it."""
    settings = (word for stage in line for rest in stage.all("ENV") for word in shlex.split(rest))
    return dict(word.split("=", 1) for word in settings)


def arguments(stage):
    """The arguments of a stage, each with its default."""
    words = (word for rest in stage.all("ARG") for word in shlex.split(rest))
    return dict(word.split("=", 1) for word in words)


def last(line, keyword):
    """What the uppermost stage says that says it."""
    return [rest for stage in line for rest in stage.all(keyword)][-1]


def entrypoint(line):
    return json.loads(last(line, "ENTRYPOINT"))


def context(files, ignore):
    """Those files that a .dockerignore lets through: the last pattern that matches one decides."""
    patterns = []
    for line in filter(None, (line.partition("#")[0].strip() for line in ignore.splitlines())):
        patterns.append((line.startswith("!"), expression(line.removeprefix("!").strip("/"))))
    for file in files:
        path = pathlib.PurePosixPath(file)
        names = [str(path), *map(str, path.parents[:-1])]
        verdicts = [taken for taken, pattern in patterns if any(map(pattern.fullmatch, names))]
        if not verdicts or verdicts[-1]:
            yield file


def expression(pattern):
    """`*` stays within one folder, `**/` is any number of them."""
    parts = re.split(r"(\*\*/|\*|\?)", pattern)
    made = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(made.get(part, re.escape(part)) for part in parts))
