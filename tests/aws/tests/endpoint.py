"""A running endpoint for a test case: one process for all cases, each case with names of its own."""

import json
import os
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "eu-central-1"
FOLDER = Path(__file__).resolve().parent.parent


def player():
    """Who plays AWS: our own, or with AWS_ENDPOINT=moto that behind its wrapper, of which the same is true."""
    times = {"creating": 0.3, "modifying": 0.3, "deleting": 0.3}
    if os.environ.get("AWS_ENDPOINT") != "moto":
        knobs = {**times, "windows": False, "storage_cooldown": 0}
        target = FOLDER.parent.parent / os.environ.get("CARGO_TARGET_DIR", "target")
        return [str(target / "debug/aws-sim"), "--knobs", json.dumps(knobs)]
    flags = (flag for name, seconds in times.items() for flag in (f"--{name}-seconds", str(seconds)))
    return [sys.executable, "-m", "awstruth", *flags]


class Endpoint:
    """The process, its clients and its side path."""

    def __init__(self):
        self.process = subprocess.Popen(
            player(), cwd=FOLDER, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        )
        self.url = self.process.stdout.readline().strip()
        self.rds = self.client("rds")
        self.secrets = self.client("secretsmanager")

    def client(self, service, key="AKIATEST", retries=0):
        return boto3.client(
            service, endpoint_url=self.url, region_name=REGION, aws_access_key_id=key, aws_secret_access_key="x",
            config=Config(retries={"total_max_attempts": retries + 1}, read_timeout=10),
        )

    def side(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.url}/_goldenpath/{path}", method=method, data=None if body is None else json.dumps(body).encode()
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.load(response)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Case(unittest.TestCase):
    """A test case with the endpoint and short ways to say what AWS should do."""

    @classmethod
    def setUpClass(cls):
        cls.aws = Endpoint()

    @classmethod
    def tearDownClass(cls):
        cls.aws.stop()

    def setUp(self):
        self.name = f"db-{uuid.uuid4().hex[:8]}"

    def create(self, name=None, **changes):
        request = dict(
            DBInstanceIdentifier=name or self.name, DBInstanceClass="db.t4g.micro", Engine="postgres",
            EngineVersion="16", AllocatedStorage=20, StorageType="gp3", MasterUsername="app",
            MasterUserPassword="correct-horse", StorageEncrypted=True,
        )
        request.update(changes)
        return self.aws.rds.create_db_instance(**{k: v for k, v in request.items() if v is not None})["DBInstance"]

    def describe(self, name=None):
        return self.aws.rds.describe_db_instances(DBInstanceIdentifier=name or self.name)["DBInstances"][0]

    def until(self, condition, seconds=5):
        """Waits for a condition by asking again; the limit only ends a broken test."""
        end = time.monotonic() + seconds
        while not (result := condition()):
            self.assertLess(time.monotonic(), end, "the condition never held")
            time.sleep(0.02)
        return result

    def available(self, name=None):
        return self.until(lambda: (i := self.describe(name))["DBInstanceStatus"] == "available" and i)

    def refused(self, code, call, *args, **kwargs):
        with self.assertRaises(ClientError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response
