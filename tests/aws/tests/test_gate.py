"""The gate: rejected credentials, faults before and after the effect, and a log without secrets."""

import json
import time

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from .endpoint import Case


class Gate(Case):
    def tearDown(self):
        self.aws.side("DELETE", "faults")

    def fault(self, **description):
        self.aws.side("POST", "faults", description)

    def made(self):
        return [i for i in self.aws.side("GET", "state")["instances"] if i["DBInstanceIdentifier"] == self.name]

    def test_rejected_credentials(self):
        answer = self.refused("InvalidClientTokenId", self.aws.client("rds", "AKIAREJECT").describe_db_instances)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 403)
        answer = self.refused("UnrecognizedClientException",
                              self.aws.client("secretsmanager", "AKIAREJECT").list_secrets)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_an_error_before_has_no_effect_and_after_has(self):
        self.fault(service="rds", action="CreateDBInstance", kind="error", code="Throttling", message="Rate exceeded")
        self.refused("Throttling", self.create)
        self.assertEqual(self.made(), [])
        self.fault(action="CreateDBInstance", kind="error", status=500, when="after")
        self.refused("InternalFailure", self.create)
        self.assertEqual(len(self.made()), 1)

    def test_a_lost_answer(self):
        self.fault(action="CreateDBInstance", kind="drop", when="after")
        with self.assertRaises((ConnectionClosedError, EndpointConnectionError)):
            self.create()
        self.assertEqual(len(self.made()), 1)

    def test_a_hanging_call_is_never_carried_out_late(self):
        self.fault(action="CreateDBInstance", kind="hang", resource=self.name)
        with self.assertRaises(ReadTimeoutError):
            self.create()
        self.aws.side("DELETE", "faults")
        self.until(lambda: [c for c in self.aws.side("GET", "calls")
                            if c["resource"] == self.name and c["fault"] == "hang before"])
        self.assertEqual(self.made(), [])

    def test_latency_delays_one_call(self):
        self.fault(action="DescribeDBInstances", kind="latency", seconds=0.3)
        begun = time.monotonic()
        self.aws.rds.describe_db_instances()
        self.assertGreater(time.monotonic() - begun, 0.3)

    def test_the_log_names_calls_and_no_secrets(self):
        self.create(MasterUserPassword="never-in-the-log")
        self.refused("DBInstanceAlreadyExists", self.create)
        mine = [call for call in self.aws.side("GET", "calls") if call["resource"] == self.name]
        self.assertEqual([(c["service"], c["action"], c["status"], c["error"]) for c in mine],
                         [("rds", "CreateDBInstance", 200, None),
                          ("rds", "CreateDBInstance", 400, "DBInstanceAlreadyExists")])
        self.assertNotIn("never-in-the-log", json.dumps(self.aws.side("GET", "calls")))
