"""The functions as container images: what their template has, and in which order deploy.sh asks for what.

Docker, AWS and SAM are played by stand_in.sh.
"""

import contextlib
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "localstack"))
sys.path.insert(0, str(ROOT / "localstack/tests"))

import images  # noqa: E402
import test_glibc  # noqa: E402

TEMPLATE = images.TEMPLATE.read_text(encoding="utf-8")
FUNCTIONS = ["submit", "worker", "websocket", "relay", "monitor", "migrate", "keys"]
REGISTRY = "1.dkr.ecr.eu-central-1.amazonaws.com"
REPOSITORY = f"{REGISTRY}/order-engine-functions"


def transformed(path, *parameters):
    """A template's resources after the SAM transform."""
    command = [sys.executable, ROOT / "localstack/transform.py", path, "Release=r1", *parameters]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)


class Form(unittest.TestCase):
    def test_only_code_runtime_and_layers_are_different(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "template.yaml")
            path.write_text(images.of(TEMPLATE), encoding="utf-8")
            with_images = transformed(path, f"ImageRepository={REPOSITORY}")
        zips = transformed(images.TEMPLATE)

        del zips["Parameters"]["DatabaseCaLayerArn"], zips["Conditions"]["DatabaseCaLayer"]
        del with_images["Parameters"]["ImageRepository"]
        addresses = set()
        for name, resource in zips["Resources"].items():
            resource.get("Metadata", {}).pop("BuildMethod", None)  # aliases and versions have it too
            if resource["Type"] != "AWS::Lambda::Function":
                continue
            before, after = resource["Properties"], with_images["Resources"][name]["Properties"]
            for gone in ("Runtime", "Handler", "Layers"):
                self.assertIn(gone, before)
                self.assertNotIn(gone, after)
                del before[gone]
            self.assertEqual(after.pop("PackageType"), "Image")
            # The transform has put in the values already where it publishes a version.
            address = after.pop("Code")["ImageUri"]
            address = address["Fn::Sub"] if isinstance(address, dict) else address
            addresses.add(address.replace("${ImageRepository}", REPOSITORY).replace("${Release}", "r1"))
            del before["Code"]
        self.assertEqual(addresses, {f"{REPOSITORY}:{name}-r1" for name in FUNCTIONS})
        self.assertEqual(with_images, zips)

    def test_comments_stay(self):
        self.assertEqual(re.findall("#.*", images.of(TEMPLATE)), re.findall("#.*", TEMPLATE))

    def test_a_template_that_is_not_as_expected_is_refused(self):
        for before, after in (
            ("    Handler: bootstrap\n", "    Handler: other\n"),
            ("CodeUri: functions/keys", "CodeUri: elsewhere/keys"),
            ("BuildMethod: rust-cargolambda\n      DatabaseConnections: 1", "DatabaseConnections: 1"),
            ("  DatabaseCaLayerArn:\n    Type: String\n", "  DatabaseCaLayerArn:\n    Type: Other\n"),
            ("\nOutputs:\n", "\nOutputs:\n  Layer: {Value: !Ref DatabaseCaLayerArn}\n"),
        ):
            self.assertIn(before, TEMPLATE)
            with self.assertRaisesRegex(images.Unexpected, "template.yaml (has|says)"):
                images.of(TEMPLATE.replace(before, after))


class Opt(unittest.TestCase):
    def test_what_is_in_docker_opt_can_be_read_in_the_image(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for name in ("docker/opt", "target/release"):
                (folder / name).mkdir(parents=True)
            shutil.copy2(shutil.which("env"), folder / "target/release/worker")
            file = folder / "docker/opt/rds.pem"
            file.write_text("roots", encoding="utf-8")
            file.chmod(0o600)
            command = [ROOT / "docker/assemble.sh", "worker", "image"]
            variables = {name: value for name, value in os.environ.items() if name != "CARGO_TARGET_DIR"}
            subprocess.run(command, cwd=folder, env=variables, check=True)
            placed = folder / "image/opt/rds.pem"
            self.assertEqual(placed.read_text(encoding="utf-8"), "roots")
            self.assertEqual(placed.stat().st_mode & 0o777, 0o644)


class Deployment(unittest.TestCase):
    """deploy.sh in a folder of its own, with the stand-ins where it looks for the tools."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.account = self.root / "account"
        self.account.mkdir()
        (self.account / "code").write_text("one", encoding="utf-8")
        others = shutil.ignore_patterns("tests", "e2e", ".state", "__pycache__")
        shutil.copytree(ROOT / "localstack", self.root / "localstack", ignore=others)
        shutil.copy2(ROOT / "template.yaml", self.root)
        (self.root / "docker").mkdir()
        for tool, programs in (("emulator", ["aws"]), ("template", ["sam"])):
            bin_folder = self.root / ".venv" / tool / "bin"
            bin_folder.mkdir(parents=True)
            shutil.copy2(ROOT / f"localstack/requirements/{tool}.txt", bin_folder.parent / "installed.txt")
            self.stand_in(bin_folder, programs)
        python = self.root / ".venv/emulator/bin/python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        self.stand_in(self.root / "bin", ["docker"])

    def stand_in(self, folder, programs):
        folder.mkdir(exist_ok=True)
        for program in programs:
            (folder / program).symlink_to(ROOT / "localstack/tests/stand_in.sh")

    def has_stack(self, **parameters):
        lines = "".join(f"{name}\t{value}\n" for name, value in parameters.items())
        (self.account / "stack").write_text(lines, encoding="utf-8")

    def deploy(self, *words, **variables):
        return self.run_it(self.root / "localstack/deploy.sh", *words, **variables)

    def run_it(self, *command, **variables):
        """What a script said, and what it asked for since."""
        asked = self.account / "asked"
        asked.unlink(missing_ok=True)
        settings = ("AWS_", "STACK_NAME", "BUILD", "MIGRATE", "PROFILE", "ACCOUNT", "CONNECTIONS", "DATABASE_URL")
        keep = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
        path = f"{self.root / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            command,
            env=keep | {"PATH": path, "ACCOUNT_FOLDER": str(self.account)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return done, asked.read_text(encoding="utf-8").splitlines() if asked.exists() else []

    def refused(self, words, *arguments, **variables):
        done, asked = self.deploy(*arguments, **variables)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, words)
        changes = "buildx build|docker push|create-repository|sam (build|deploy)|update-function|cloudformation deploy"
        self.assertEqual([line for line in asked if re.search(changes, line)], [])

    def places(self, asked, *patterns):
        """The line of each pattern, of the first time that it is asked for."""
        found = []
        for pattern in patterns:
            lines = [at for at, line in enumerate(asked) if re.search(pattern, line)]
            self.assertTrue(lines, f"{pattern} was never asked for:\n" + "\n".join(asked))
            found.append(lines[0])
        return found

    def test_a_stack_is_made_then_updated_with_the_migration_before_the_rest(self):
        done, asked = self.deploy("--images", "MaxConnections=100", "DatabaseSecretArn=a")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("RestUrl=https://rest.example/v1\n", done.stdout)
        builds = [line for line in asked if line.startswith("docker buildx build")]
        for name, build in zip(FUNCTIONS, builds, strict=True):
            self.assertIn(f" --target {name} ", build)
            for word in ("--platform linux/arm64", "--provenance=false", "--sbom=false", "FEATURES= "):
                self.assertIn(word, build)
        tags = (self.account / "tags").read_text(encoding="utf-8").split()
        release = tags[0].removeprefix("submit-")
        self.assertRegex(release, "^[0-9a-f]{16}$")
        self.assertEqual(tags, [f"{name}-{release}" for name in FUNCTIONS])
        in_order = self.places(
            asked,
            "buildx build",
            "create-repository .*IMMUTABLE .*scanOnPush=true",
            f"login .* {REGISTRY} <<< a-password",
            f"docker push --quiet {REPOSITORY}:submit-{release}$",
            "sam deploy",
            "lambda invoke",
        )
        self.assertEqual(in_order, sorted(in_order))
        deploy = asked[in_order[4]]
        self.assertIn("--template-file .aws-sam/images/template.yaml ", deploy)
        for word in (f"Release={release}", f"ImageRepository={REPOSITORY}"):
            self.assertIn(word, deploy)
        self.assertNotIn("update-function-code", "\n".join(asked))

        # The same again, then other code: the migrate function goes first, and under another name.
        given = dict(word.split("=", 1) for word in deploy.split("--parameter-overrides ")[1].split())
        self.has_stack(**given)
        done, asked = self.deploy("--images")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse([line for line in asked if re.search("docker push|create-repository", line)])
        (self.account / "code").write_text("two", encoding="utf-8")
        done, asked = self.deploy("--images")
        self.assertEqual(done.returncode, 0, done.stderr)
        other = (self.account / "tags").read_text(encoding="utf-8").split()[-1].removeprefix("keys-")
        self.assertNotEqual(other, release)
        in_order = self.places(
            asked,
            f"push --quiet {REPOSITORY}:keys-{other}",
            f"update-function-code .*-migrate --architectures arm64 --image-uri {REPOSITORY}:migrate-{other}$",
            "lambda invoke --function-name order-engine-migrate",
            "sam deploy",
        )
        self.assertEqual(in_order, sorted(in_order))

        (self.account / "migration-fails").touch()
        done, asked = self.deploy("--images")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("all other functions run the code before", done.stderr)
        self.assertFalse([line for line in asked if line.startswith("sam")])

    def test_processor_and_venues_are_those_that_are_given(self):
        given = ("MaxConnections=100", "Architecture=x86_64", "Venues=solana")
        done, asked = self.deploy("--images", *given, MIGRATE="skip")
        self.assertEqual(done.returncode, 0, done.stderr)
        build = asked[self.places(asked, "buildx build")[0]]
        self.assertIn("--platform linux/amd64 ", build)
        self.assertIn("--build-arg FEATURES=solana ", build)

    def test_the_databases_roots_come_from_the_layer_that_zips_would_have(self):
        roots = ("--images", "MaxConnections=100", "DatabaseCa=/opt/rds.pem")
        self.refused("DatabaseCa=/opt/rds.pem has to be built into the images: give DatabaseCaLayerArn", *roots)
        with zipfile.ZipFile(self.account / "layer.zip", "w") as layer:
            layer.writestr("rds.pem", "roots")
        done, asked = self.deploy(*roots, "DatabaseCaLayerArn=arn:layer:1", MIGRATE="skip")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.places(asked, "get-layer-version-by-arn --arn arn:layer:1 ")
        self.assertEqual((self.root / "docker/opt/rds.pem").read_text(encoding="utf-8"), "roots")
        deploy = asked[self.places(asked, "sam deploy")[0]]
        self.assertIn("DatabaseCa=/opt/rds.pem", deploy)
        self.assertNotIn("DatabaseCaLayerArn", deploy)

    def test_a_stack_of_zips_stays_one_and_one_of_images_too(self):
        self.has_stack(MaxConnections="100")
        self.refused("order-engine are zips, .* cannot make them images: .* another STACK_NAME", "--images")
        self.has_stack(MaxConnections="100", ImageRepository=REPOSITORY)
        self.refused("order-engine are images, .* cannot make them zips: .* another STACK_NAME")

    def test_zips_that_lambda_could_not_start_are_refused(self):
        bootstrap = self.root / ".aws-sam/build/WorkerFunction/bootstrap"
        bootstrap.parent.mkdir(parents=True)
        bootstrap.write_bytes(test_glibc.elf([("GLIBC_2.39", test_glibc.NEEDED)]))
        self.refused("WorkerFunction/bootstrap needs glibc 2.39", "MaxConnections=100", BUILD="skip")
        bootstrap.write_bytes(test_glibc.elf([("GLIBC_2.34", test_glibc.NEEDED)]))
        done, asked = self.deploy("MaxConnections=100", BUILD="skip", MIGRATE="skip")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.places(asked, "sam deploy --stack-name order-engine ")

    def test_localstack_deploys_what_is_mounted_into_it(self):
        mounted = self.root / "mounted"
        mounted.mkdir()
        for name in ("localstack", "template.yaml"):
            shutil.move(self.root / name, mounted)
        (mounted / ".aws-sam/release").mkdir(parents=True)
        for name in ("template.yaml", "worker.zip"):
            (mounted / ".aws-sam/release" / name).touch()
        script = (ROOT / "localstack/ready.d/10-deploy.sh").read_text(encoding="utf-8")
        places = {"/tmp/engine": str(self.root), "/engine": str(mounted)}  # noqa: S108 - in a container
        script = re.sub("(/tmp)?/engine", lambda place: places[place[0]], script)
        done, asked = self.run_it("bash", "-c", script, DATABASE_URL="postgres://db")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.places(asked, "cloudformation deploy .* WithWebSocket=false")

    def test_docker_has_to_be_there(self):
        for file, words in (("no-docker", "does not answer"), ("no-buildx", "needs Docker with its buildx")):
            (self.account / file).touch()
            self.refused(words, "--images", "MaxConnections=100")

    def test_ministack_is_refused_and_another_emulator_is_not(self):
        with emulator(200) as address:
            self.refused("MiniStack .* without --images", "--images", AWS_ENDPOINT_URL=address)
        with emulator(404) as address:
            done, asked = self.deploy("--images", "DatabaseUrl=postgres://db", AWS_ENDPOINT_URL=address, MIGRATE="skip")
        self.assertEqual(done.returncode, 0, done.stderr)
        deploy = asked[self.places(asked, "cloudformation deploy")[0]]
        self.assertIn(f"--endpoint-url {address} ", deploy)
        self.assertIn("--template-file .aws-sam/images/template.yaml ", deploy)
        self.assertIn(f"ImageRepository={REPOSITORY}", deploy)
        self.assertFalse([line for line in asked if line.startswith("sam")])


@contextlib.contextmanager
def emulator(status):
    """The address of an emulator that answers everything so: 200, and it is taken for MiniStack."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


if __name__ == "__main__":
    unittest.main()
