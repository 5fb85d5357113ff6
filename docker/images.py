"""Makes the images of the Dockerfile without Docker, and starts programs in them.

The text of a RUN is executed as it stands, in a folder that holds what COPY takes. Two things of it
were done before: `cargo` there hands out programs that are built (docker/cargo.py), and what
apt-get would install is expected on this machine.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import dockerfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def make(folder, built):
    """Every final stage of the Dockerfile as an image below `folder`, by name."""
    stages = dockerfile.stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    bases = {stage.base for stage in stages.values()}
    builds = {}
    for stage in stages.values():
        if stage.all("RUN"):
            builds[stage.name] = folder / f"build-{stage.name}"
            build(stage, builds[stage.name], built)
    read = {copy.stage for stage in stages.values() for copy in copies(stage)}
    final = [name for name in stages if name not in bases | read]
    return {name: Image(dockerfile.lineage(stages, stages[name]), builds, folder) for name in final}


def copies(stage):
    return [dockerfile.copy(rest) for rest in stage.all("COPY")]


def build(stage, folder, built):
    """Executes a stage that has a RUN, with `folder` for its root."""
    folder.mkdir()
    work = folder
    for keyword, rest in stage.instructions:
        if keyword == "WORKDIR":
            work = folder / rest.lstrip("/")
            work.mkdir(parents=True)
        elif keyword == "COPY":
            take(dockerfile.copy(rest), work)
        elif keyword == "RUN":
            text = dockerfile.run(rest)
            if not text.startswith("set -eu;"):
                raise ValueError(f"Dockerfile: a RUN without `set -eu` hides failures: {text}")
            if "apt-get " not in text:
                execute(text, work, built, dockerfile.arguments(stage))


def take(copy, work):
    """What COPY takes: the repository's files that .dockerignore lets through."""
    names = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(names, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout
    files = [name for name in files.splitlines() if (ROOT / name).is_file()]
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    context = list(dockerfile.context(files, ignore))
    for source in copy.sources:
        taken = [name for name in context if source == "." or f"{name}/".startswith(f"{source}/")]
        if not taken:
            raise ValueError(f"COPY {source}: not there, or .dockerignore keeps it out")
        for name in taken:
            target = work / copy.destination / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)


def execute(text, work, built, arguments):
    stand_ins = work.with_name("stand-ins")
    stand_ins.mkdir(exist_ok=True)
    cargo = stand_ins / "cargo"
    cargo.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/docker/cargo.py "$@"\n')
    cargo.chmod(0o755)
    environment = os.environ | arguments | {
        "PATH": f"{stand_ins}:{os.environ['PATH']}",
        "CARGO": shutil.which("cargo"),
        "BUILT": str(built),
    }
    environment.pop("CARGO_TARGET_DIR", None)  # the builder has none
    shell = ["/bin/sh", "-c", text]
    if subprocess.run(shell, cwd=work, env=environment, check=False, timeout=120).returncode:
        raise ValueError(f"Dockerfile: this RUN fails, as said above: {' '.join(text.split())}")


class Image:
    """A final stage, laid out in a root of its own."""

    def __init__(self, line, builds, folder):
        self.line, self.name = line, line[-1].name
        if line[0].base != "scratch":
            raise ValueError(f"{self.name} stands on {line[0].base}, which is not here")
        self.user = dockerfile.last(line, "USER")
        if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", self.user):
            raise ValueError(f"{self.name} runs as {self.user}: no number, or root's")
        self.root = folder / self.name
        self.root.mkdir(mode=0o755)
        self.log = folder / f"{self.name}.log"
        for copy in (copy for stage in line for copy in copies(stage)):
            for source in copy.sources:
                files = builds[copy.stage] / source.lstrip("/")
                target = self.root / copy.destination.lstrip("/")
                shutil.copytree(files, target, dirs_exist_ok=True)
        for name, value in dockerfile.environment(line).items():
            if value.startswith("/") and not (self.root / value.lstrip("/")).exists():
                raise ValueError(f"{self.name}: {name} is {value}, which is not in the image")

    def start(self, variables):
        """Starts the program as `docker run --env …` would; its process."""
        chroot = [shutil.which("chroot", path="/usr/sbin:/usr/bin")]
        chroot += [f"--userspec={self.user}", "--groups=", self.root]
        command = chroot + dockerfile.entrypoint(self.line)
        environment = dockerfile.environment(self.line) | variables
        with self.log.open("ab") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def said(self):
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""
