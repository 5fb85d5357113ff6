"""A PostgreSQL of its own for one check: on 127.0.0.1, on a free port, gone afterwards."""

import contextlib
import glob
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def programs():
    """The folder of PostgreSQL's programs: the newest of Debian's, else what is on the path."""
    debian = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    found = max(debian, key=lambda path: int(path.split("/")[4]), default=shutil.which("initdb"))
    if not found:
        raise FileNotFoundError("no PostgreSQL here: apt-get install postgresql")
    return pathlib.Path(found).parent


@contextlib.contextmanager
def server(folder, databases):
    """Runs one in `folder`, as `nobody`, for it refuses root; gives the URL of each database."""
    nobody = pwd.getpwnam("nobody")
    stepped_down = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
    password, port = secrets.token_hex(16), free_port()
    folder = pathlib.Path(folder)
    folder.mkdir(mode=0o700)
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    for path in (folder, secret):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    with (folder / "log").open("wb") as log:
        output = {"stdout": log, "stderr": log}
        initdb = [programs() / "initdb", "--username=engine", "--auth=scram-sha-256", "--no-sync"]
        initdb += ["--encoding=UTF8", "--no-locale", f"--pwfile={secret}", folder / "data"]
        subprocess.run(initdb, check=True, **output, **stepped_down)
        postgres = [programs() / "postgres", "-D", folder / "data", "-p", str(port), "-F"]
        postgres += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        process = subprocess.Popen(postgres, **output, **stepped_down)
    try:
        client = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "engine"}
        if not is_ready(process, client):
            raise RuntimeError(f"PostgreSQL does not start: {(folder / 'log').read_text()}")
        for name in databases:
            createdb = [programs() / "createdb", name]
            subprocess.run(createdb, env=client | {"PGPASSWORD": password}, check=True)
        at = f"engine:{password}@127.0.0.1:{port}"
        yield [f"postgres://{at}/{name}?sslmode=disable" for name in databases]
    finally:
        process.send_signal(signal.SIGINT)  # at once, without waiting for who is connected
        process.wait(30)


def is_ready(process, client):
    """Waits until it is, or has ended, or takes too long."""
    ask = [programs() / "pg_isready", "--quiet"]
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        if subprocess.run(ask, env=client, check=False).returncode == 0:
            return True
        time.sleep(0.1)
    return False
