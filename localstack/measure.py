"""Measures the release binaries as Lambda would see them: size, memory and time until the first poll for work.

Lambda is played by a server on 127.0.0.1 that notes when a binary asks for its first event and never answers. Each binary
gets variables under which it starts and no database: it connects to one only when there is work.

Usage: python3 localstack/measure.py FOLDER [RUNS]        FOLDER holds submit, worker, websocket, relay, monitor, migrate, keys
"""

import os
import resource
import socket
import statistics
import subprocess
import sys
import time

FUNCTIONS = ("submit", "worker", "websocket", "relay", "monitor", "migrate", "keys")
VARIABLES = {
    "DATABASE_URL": "postgres://engine:engine@127.0.0.1:1/engine",
    "QUEUE_URL": "http://127.0.0.1:1/000000000000/orders",
    "REPLAY_QUEUE_URL": "http://127.0.0.1:1/000000000000/replays",
    "WS_MANAGEMENT_ENDPOINT": "http://127.0.0.1:1/v1",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_LAMBDA_FUNCTION_NAME": "measured",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_LOG_GROUP_NAME": "measured",
    "AWS_LAMBDA_LOG_STREAM_NAME": "measured",
    "LOG_LEVEL": "error",
    "LOG_FORMAT": "json",
}


def memory(pid):
    """Resident memory in MiB, now."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def start(binary):
    """Starts it; milliseconds to the first poll, CPU milliseconds of that, and resident MiB at the poll."""
    with socket.create_server(("127.0.0.1", 0)) as lambda_api:
        lambda_api.settimeout(10)
        address = "127.0.0.1:%d" % lambda_api.getsockname()[1]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        process = subprocess.Popen([binary], env=VARIABLES | {"AWS_LAMBDA_RUNTIME_API": address})
        try:
            connection, _ = lambda_api.accept()
            with connection:
                connection.recv(64)
                took = (time.perf_counter() - begun) * 1000
                resident = memory(process.pid)
                process.kill()  # before the connection ends, or it complains of that
        except TimeoutError:
            sys.exit(f"{binary} did not ask for work within 10 s (exit code {process.poll()})")
        finally:
            process.kill()
            process.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000
    return took, cpu, resident


def main(folder, runs="21"):
    print("| function | MiB | MiB zipped | first poll, ms (median) | CPU, ms | resident, MiB |")
    print("|---|---|---|---|---|---|")
    for function in FUNCTIONS:
        binary = os.path.join(folder, function)
        zipped = f"{binary}.measured.zip"
        package = os.path.join(os.path.dirname(__file__), "package.py")
        subprocess.run([sys.executable, package, binary, zipped], check=True)
        sizes = [os.path.getsize(path) / 2**20 for path in (binary, zipped)]
        os.remove(zipped)
        starts = [start(binary) for _ in range(int(runs))]
        took, cpu, resident = (statistics.median(column) for column in zip(*starts))
        print(f"| {function} | {sizes[0]:.1f} | {sizes[1]:.1f} | {took:.1f} | {cpu:.1f} | {resident:.1f} |")


main(*sys.argv[1:])
