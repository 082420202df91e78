"""The judge of answers finds what it is there to find."""

import json
import unittest

import botocore.session

from judges import wire

_SESSION = botocore.session.get_session()
_NAMESPACE = "http://rds.amazonaws.com/doc/2014-10-31/"


def operation(service: str, name: str):
    return _SESSION.get_service_model(service).operation_model(name)


class Json(unittest.TestCase):
    def read(self, name: str, answer, status: int = 200) -> list[str]:
        return wire.read(operation("secretsmanager", name), status, json.dumps(answer).encode()).faults

    def test_what_the_model_has_is_passed(self):
        version = "11111111-1111-4111-8111-111111111111"
        answer = {"ARN": "arn:aws:secretsmanager:eu-central-1:1:secret:s-abcdef", "Name": "s", "VersionId": version,
                  "VersionStages": ["AWSCURRENT"], "CreatedDate": 1.5, "SecretString": "x"}
        self.assertEqual(self.read("GetSecretValue", answer), [])

    def test_deviations_are_found(self):
        for answer, fault in [
            ({"Secret": "x"}, "is no member"), ({"VersionStages": "AWSCURRENT"}, "is no list"), ({"Name": 1}, "is no string"),
            ({"VersionStages": []}, "has the length 0"), ({"CreatedDate": "2026"}, "is no time"), ({"Name": None}, "is null"),
            ({"SecretBinary": "!"}, "is no base64"), ({"VersionId": "short"}, "has the length 5"),
        ]:
            with self.subTest(answer):
                [found] = self.read("GetSecretValue", answer)
                self.assertIn(fault, found)

    def test_errors_are_those_of_the_operation(self):
        good = {"__type": "ResourceNotFoundException", "Message": "x"}
        self.assertEqual(self.read("GetSecretValue", good, 400), [])
        for answer, status, fault in [
            (good, 404, "has the HTTP status 404"), ({"__type": "MadeUpException", "message": "x"}, 400, "is no error of"),
            ({"__type": "ResourceNotFoundException", "message": "x"}, 400, "has no Message"), ({}, 400, "has no __type"),
            ({"__type": "LimitExceededException", "Message": "x"}, 400, "is no error of"),
        ]:
            with self.subTest(answer):
                self.assertIn(fault, self.read("GetSecretValue", answer, status)[0])


class Query(unittest.TestCase):
    def read(self, body: str, status: int = 200) -> list[str]:
        return wire.read(operation("rds", "DescribeDBInstances"), status, body.encode()).faults

    def answer(self, instance: str) -> str:
        return (
            f'<DescribeDBInstancesResponse xmlns="{_NAMESPACE}"><DescribeDBInstancesResult><DBInstances>{instance}'
            "</DBInstances></DescribeDBInstancesResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
            "</DescribeDBInstancesResponse>"
        )

    def test_what_the_model_has_is_passed(self):
        instance = ("<DBInstance><MultiAZ>false</MultiAZ><InstanceCreateTime>2026-01-01T00:00:00.000Z</InstanceCreateTime>"
                    "<AllocatedStorage>20</AllocatedStorage></DBInstance>")
        self.assertEqual(self.read(self.answer(instance)), [])

    def test_deviations_are_found(self):
        for instance, fault in [
            ("<member/>", "holds member"), ("<DBInstance><Colour>red</Colour></DBInstance>", "is no member"),
            ("<DBInstance><MultiAZ>False</MultiAZ></DBInstance>", "is no boolean"),
            ("<DBInstance><AllocatedStorage>20 GiB</AllocatedStorage></DBInstance>", "is no integer"),
            ("<DBInstance><InstanceCreateTime>2026-01-01T00:00:00</InstanceCreateTime></DBInstance>", "has no time zone"),
            ("<DBInstance><MultiAZ>true</MultiAZ><MultiAZ>true</MultiAZ></DBInstance>", "is there twice"),
        ]:
            with self.subTest(instance):
                [found] = self.read(self.answer(instance))
                self.assertIn(fault, found)
        self.assertTrue(self.read(self.answer("").replace("2014-10-31", "2014-09-01")))

    def test_errors_are_those_of_the_operation(self):
        error = (
            f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code><Message>x'
            "</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        )
        self.assertEqual(self.read(error, 404), [])
        self.assertIn("has the HTTP status 400", self.read(error, 400)[0])
        self.assertIn("is no error of", self.read(error.replace("DBInstanceNotFound", "DBNotThere"), 404)[0])
        self.assertIn("has no RequestId", self.read(error.replace("<RequestId>r</RequestId>", ""), 404)[0])


if __name__ == "__main__":
    unittest.main()
