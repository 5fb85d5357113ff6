"""What LocalStack's own core does for the engine without Docker; core.sh runs it in a network of its own.

1. The resources of template.yaml that the core can make are deployed by its CloudFormation; the types that are left out are printed.
2. A message that is received three times and never deleted is a dead letter; the command of docs/operations.md brings it back.
3. The queue contract of the simulator, kept by queues of LocalStack.
4. `order-engine` with QUEUE_URL: an order is confirmed through the queue of the template, and when one of two engines that share
   it is killed under load, every order ends once.

It ends with an error at the first thing that is not so.
"""

import collections
import contextlib
import fcntl
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import time
import urllib.request

import boto3

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv/localstack/bin"
ENGINE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug/order-engine"
PORT = 4566
ENDPOINT = f"http://127.0.0.1:{PORT}"
AWS = {
    "AWS_ENDPOINT_URL": ENDPOINT,
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
STACK = "order-engine"  # as the runbook calls it
PATIENCE = 90  # seconds, far more than anything here takes

# What the core makes without Docker and without a licence. Functions want Docker, WebSocket APIs a licence, and what names one of
# them cannot be made without it.
MADE = {
    "AWS::CloudWatch::Alarm",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
}


def say(text):
    print(f"==> {text}", flush=True)


def eventually(what, look, patience=PATIENCE):
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            sys.exit(f"within {patience} s it did not happen that {what}")
        time.sleep(0.2)


def check(holds, what):
    if not holds:
        sys.exit(f"it is not so that {what}")


def bring_loopback_up():
    """The one interface that there is begins as down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        get_flags, set_flags, up = 0x8913, 0x8914, 0x1
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, get_flags, request))[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", flags | up))


def start_localstack(folder):
    folder.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "FILESYSTEM_ROOT": str(folder),  # which counts outside of a container, whatever this is
        "OVERRIDE_IN_DOCKER": "0",
        "GATEWAY_LISTEN": f"127.0.0.1:{PORT}",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
    }
    log = folder / "log"
    server = subprocess.Popen(
        [TOOLS / "python", "-m", "localstack.runtime.main"],
        env=environment, stdin=subprocess.DEVNULL, stdout=log.open("w"), stderr=subprocess.STDOUT,
    )

    def is_up():
        check(server.poll() is None, f"LocalStack runs:\n{log.read_text()}")
        with contextlib.suppress(OSError):
            return json.load(urllib.request.urlopen(f"{ENDPOINT}/_localstack/health", timeout=5))

    return eventually("LocalStack answers", is_up)["version"]


def client(service):
    return boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1",
                        aws_access_key_id="test", aws_secret_access_key="test")


def references(value):
    """The names of everything that a part of a template refers to."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::GetAtt":
                yield (item if isinstance(item, str) else item[0]).split(".")[0]
            elif key == "Fn::Sub":
                yield from re.findall(r"\$\{(\w+)", item if isinstance(item, str) else item[0])
            if key != "Ref":
                yield from references(item)


def reduce(template):
    """Leaves what the core makes, and answers how many resources of each type are left out."""
    everything = template["Resources"]
    for resource in everything.values():
        if resource["Type"] == "AWS::Events::Rule":
            del resource["Properties"]["Targets"]  # functions
    kept = {name for name, resource in everything.items() if resource["Type"] in MADE}

    def lacks(part):
        return any(name in everything and name not in kept for name in references(part))

    while True:
        lacking = {name for name in kept if lacks(everything[name])}
        if not lacking:
            break
        kept -= lacking
    left_out = collections.Counter(everything[name]["Type"] for name in everything if name not in kept)
    template["Resources"] = {name: everything[name] for name in kept}
    template["Outputs"] = {name: out for name, out in template["Outputs"].items() if not lacks(out)}
    return left_out


def deploy():
    """Deploys template.yaml, reduced, and answers its outputs."""
    transformed = subprocess.run([TOOLS / "python", ROOT / "localstack/transform.py"], cwd=ROOT, check=True,
                                 capture_output=True, text=True).stdout
    template = json.loads(transformed)
    left_out = reduce(template)
    formation = client("cloudformation")
    given = {"EmulatorEndpoint": ENDPOINT, "DatabaseUrl": "postgres://nobody@127.0.0.1/none", "WithDashboard": "true"}
    formation.create_stack(
        StackName=STACK, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )

    def is_over():
        now = formation.describe_stacks(StackName=STACK)["Stacks"][0]
        return now["StackStatus"] != "CREATE_IN_PROGRESS" and now

    stack = eventually("the stack is made", is_over)
    events = formation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [(event["LogicalResourceId"], event.get("ResourceStatusReason"))
              for event in events if event["ResourceStatus"].endswith("FAILED")]
    check(stack["StackStatus"] == "CREATE_COMPLETE", f"the stack is made: {stack['StackStatus']}, {failed}")
    made = collections.Counter(
        one["ResourceType"] for one in formation.describe_stack_resources(StackName=STACK)["StackResources"])
    print("    made:    ", shown(made))
    print("    left out:", shown(left_out))
    queue = template["Resources"]["OrdersQueue"]["Properties"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    found = attributes(outputs["OrdersQueueUrl"])
    for name in ("VisibilityTimeout", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds"):
        check(found[name] == str(queue[name]), f"{name} of the queue is the template's: {found}")
    check(json.loads(found["RedrivePolicy"])["maxReceiveCount"] == 3, f"three receives are allowed: {found}")
    return outputs


def shown(counted):
    return ", ".join(f"{count} {kind.removeprefix('AWS::')}" for kind, count in sorted(counted.items()))


def attributes(url):
    return client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def messages(url):
    """How many messages a queue has, in workers' hands or not."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
    found = attributes(url)
    return sum(int(found[name]) for name in names)


def runbook(document, heading):
    """The commands below a heading."""
    text = (ROOT / document).read_text(encoding="utf-8")
    if heading:
        text = text[text.index(f"\n{heading}\n"):]
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def redrive(outputs):
    orders, dead = outputs["OrdersQueueUrl"], outputs["OrdersDeadLetterQueueUrl"]
    sqs = client("sqs")
    sqs.send_message(QueueUrl=orders, MessageBody="nobody serves this", MessageGroupId="desk")

    def receive(url):
        return sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, WaitTimeSeconds=1).get("Messages", [])

    for count in range(3):
        check(len(receive(orders)) == 1, f"receive {count + 1} of 3 finds the message")
    check(receive(orders) == [], "a fourth receive finds nothing")
    check([one["Body"] for one in receive(dead)] == ["nobody serves this"], "it is a dead letter")

    preparation = runbook("docs/operations.md", None)[0]
    command = next(one for one in runbook("docs/operations.md", "## Dead letters") if "start-message-move-task" in one)
    # This CLI's `aws sqs` reads no AWS_ENDPOINT_URL, as the document says.
    aws = f'aws() {{ "{TOOLS}/aws" --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }}\n'
    said = subprocess.run(["bash", "-euo", "pipefail", "-c", aws + preparation + command],
                          env=os.environ | AWS, check=True, capture_output=True, text=True).stdout
    check("TaskHandle" in said, f"the runbook's command begins to move: {said}")
    back = eventually("the message is back", lambda: receive(orders))
    sqs.delete_message(QueueUrl=orders, ReceiptHandle=back[0]["ReceiptHandle"])
    check(messages(dead) == 0, "no dead letter is left")


class Engine:
    """`order-engine`, on the queue and a database."""

    def __init__(self, folder, port, queue, **variables):
        self.base = f"http://127.0.0.1:{port}"
        self.log = folder / f"engine-{port}.log"
        environment = AWS | variables | {
            "PATH": os.environ["PATH"], "PORT": str(port), "QUEUE_URL": queue, "LOG_FORMAT": "json",
            "SIM_QUOTE_DELAY_MS": "5-40", "SIM_EXECUTION_DELAY_MS": "100-600",
        }
        self.process = subprocess.Popen([ENGINE], env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=self.log.open("w"))

        def is_well():
            check(self.process.poll() is None, f"the engine runs:\n{self.log.read_text()}")
            with contextlib.suppress(OSError):
                return self.get("/health")["status"] == "ok"

        eventually("the engine is well", is_well)

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=30) as answer:
            return json.load(answer)

    def place(self):
        """Places an order and answers its id."""
        body = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": 1}
        # As README.md has it.
        said = subprocess.run(
            ["curl", "--silent", "--fail", f"{self.base}/api/orders/execute",
             "-H", "content-type: application/json", "-d", json.dumps(body)],
            check=True, capture_output=True, text=True).stdout
        return json.loads(said)["orderId"]

    def confirmed(self, order):
        def is_confirmed():
            now = self.get(f"/api/orders/{order}")
            return now["status"] == "confirmed" and now

        return eventually(f"{order} is confirmed", is_confirmed)


def engines(folder, outputs):
    queue, dead = outputs["OrdersQueueUrl"], outputs["OrdersDeadLetterQueueUrl"]
    data = folder / "data"
    first = Engine(folder, 3000, queue, DATA_DIR=str(data))
    say("an order through the queue of the template")
    order = first.confirmed(first.place())
    check(len(order["events"]) == 5, f"its story is whole: {order}")

    say("two engines, one of them killed under load")
    password, port = ((data / name).read_text().strip() for name in ("password", "port"))
    database = f"postgres://engine:{password}@127.0.0.1:{port}/engine?sslmode=disable"
    second = Engine(folder, 3001, queue, DATABASE_URL=database)
    orders = [one.place() for _ in range(15) for one in (first, second)]
    second.process.kill()
    second.process.wait()
    orders += [first.place() for _ in range(5)]
    told = [first.confirmed(one) for one in orders]
    for one in told:
        seqs = [event["seq"] for event in one["events"]]
        check(seqs == list(range(1, len(seqs) + 1)), f"no event is missing: {one}")
    # The ledger knows whatever landed, whoever has heard of it.
    landed = subprocess.run(
        ["psql", database, "--no-psqlrc", "--tuples-only", "--no-align", "--command",
         "SELECT order_id, signature FROM chain.transactions WHERE error IS NULL"],
        check=True, capture_output=True, text=True).stdout.split()
    expected = {f"{one['id']}|{one['txHash']}" for one in [*told, order]}
    check(sorted(landed) == sorted(expected), f"each order has landed once: {landed}")
    eventually("the queue is empty", lambda: messages(queue) == 0)
    check(messages(dead) == 0, "there is no dead letter")
    first.process.terminate()
    check(first.process.wait() == 0, f"the engine stops as asked:\n{first.log.read_text()}")


def main(folder, contract):
    folder = pathlib.Path(folder)
    bring_loopback_up()
    say("LocalStack " + start_localstack(folder / "localstack"))
    say("template.yaml, reduced to what it makes")
    outputs = deploy()
    say("a dead letter, and the runbook's way back")
    redrive(outputs)
    say("the queue contract")
    subprocess.run([contract, "--ignored", "--quiet"], env=os.environ | AWS, cwd=ROOT, check=True)
    engines(folder, outputs)
    say("LocalStack's core: all of it held")


main(*sys.argv[1:])
