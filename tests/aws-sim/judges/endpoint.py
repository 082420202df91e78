"""The two endpoints that are judged and compared: the simulation as a process, and moto inside this one."""

import json
import os
import subprocess
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

from .witness import Witness

REGION = "eu-central-1"
ACCOUNT = "123456789012"


class Endpoint:
    """Where AWS's APIs are served, and clients for it."""

    def __init__(self, url: str):
        self.url = url
        self.witness = Witness()
        self._clients: dict[str, object] = {}

    def client(self, service: str):
        """A client that tries once, says what it sends unchanged, and whose answers are all read."""
        if service not in self._clients:
            client = boto3.client(
                service,
                endpoint_url=self.url,
                region_name=REGION,
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="none",
                config=Config(
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    parameter_validation=False,
                    connect_timeout=5,
                    read_timeout=20,
                ),
            )
            self.witness.watch(client)
            self._clients[service] = client
        return self._clients[service]

    def request(self, method: str, path: str, body=None):
        """A request outside of AWS's APIs."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/{path}", data=data, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.status} {error.read().decode()}") from error


class Sim(Endpoint):
    """The simulation, whose time stands still but for what is asked here."""

    def __init__(self, binary: str):
        self.process = subprocess.Popen(
            [os.path.abspath(binary), "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        super().__init__(self.process.stdout.readline().strip())

    def advance(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.request("POST", "_goldenpath/clock", {"advance": seconds})

    def stop(self) -> None:
        """Ends the process."""
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Moto(Endpoint):
    """moto as it comes, without our corrections: a second opinion is worth something as long as it is not ours."""

    def __init__(self):
        os.environ["MOTO_RDS_SNAPSHOT_LIMIT"] = "100000"
        from moto.server import ThreadedMotoServer

        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        super().__init__(f"http://{host}:{port}")

    def advance(self, seconds: float) -> None:
        """moto knows no time."""

    def stop(self) -> None:
        """Ends the server's thread."""
        self.server.stop()
