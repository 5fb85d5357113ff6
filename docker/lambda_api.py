"""Lambda's side of a function: the runtime API, which gives one event and takes what came of it."""

import contextlib
import http.server
import json
import queue
import threading
import time

HEADERS = {
    "lambda-runtime-aws-request-id": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
    "lambda-runtime-deadline-ms": None,  # said when the event is given
    "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-central-1:123456789012:function:x",
}
SECONDS = 30  # that a function may take


class NoAnswer(Exception):
    pass


class RuntimeApi(http.server.ThreadingHTTPServer):
    daemon_threads = True  # one may wait for an event that never comes

    def __init__(self, event):
        super().__init__(("127.0.0.1", 0), Handler)
        self.events = queue.Queue()
        self.events.put(event)
        self.reports = queue.Queue()

    @property
    def address(self):
        return "127.0.0.1:%d" % self.server_port


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        """`…/invocation/next`: answered once; then it waits, as a frozen function does."""
        event = json.dumps(self.server.events.get()).encode()
        deadline = str(int((time.time() + SECONDS) * 1000))
        self.answer(200, HEADERS | {"lambda-runtime-deadline-ms": deadline}, event)

    def do_POST(self):
        """`…/invocation/ID/response` or `…/error`."""
        if self.headers.get("transfer-encoding") == "chunked":
            body = b"".join(self.chunks())
        else:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.answer(202, {}, b"{}")  # before the report: whoever waits for that ends the program
        self.server.reports.put((self.path.rsplit("/", 1)[1], json.loads(body)))

    def chunks(self):
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in (headers | {"content-length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def invoke(start, event):
    """What a function answers to an event. `start` takes variables and gives a process."""
    with RuntimeApi(event) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        process = start({"AWS_LAMBDA_RUNTIME_API": api.address})
        try:
            outcome, answer = report(api, process)
        finally:
            process.kill()
            process.wait()
            api.shutdown()
    if outcome != "response":
        raise NoAnswer(f"reports an {outcome}: {answer}")
    return answer


def report(api, process):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(queue.Empty):
            return api.reports.get(timeout=0.1)
        if process.poll() is not None:
            raise NoAnswer(f"ended with status {process.returncode}")
    raise NoAnswer(f"did not answer within {SECONDS} s")
