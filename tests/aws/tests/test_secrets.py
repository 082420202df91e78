"""Secrets: idempotency by token, and what a scheduled deletion forbids."""

import uuid

from .endpoint import Case


class Secrets(Case):
    def make(self, value="{}", token=None):
        return self.aws.secrets.create_secret(
            Name=self.name, SecretString=value, ClientRequestToken=token or str(uuid.uuid4()))

    def test_the_same_token_makes_one_secret(self):
        token = str(uuid.uuid4())
        first = self.make("a", token)
        self.assertEqual(self.make("a", token)["ARN"], first["ARN"])
        self.refused("ResourceExistsException", self.make, "b", token)
        self.refused("ResourceExistsException", self.make, "a")
        self.assertEqual(self.aws.secrets.describe_secret(SecretId=self.name)["VersionIdsToStages"],
                         {token: ["AWSCURRENT"]})

    def test_a_deleted_secret_waits_and_can_come_back(self):
        token = str(uuid.uuid4())
        self.make("a", token)
        self.refused("InvalidRequestException", self.aws.secrets.restore_secret, SecretId=self.name)
        self.aws.secrets.delete_secret(SecretId=self.name, RecoveryWindowInDays=7)
        self.assertIn("DeletedDate", self.aws.secrets.describe_secret(SecretId=self.name))
        self.refused("InvalidRequestException", self.aws.secrets.get_secret_value, SecretId=self.name)
        self.refused("InvalidRequestException", self.aws.secrets.put_secret_value, SecretId=self.name, SecretString="b")
        self.refused("InvalidRequestException", self.make, "a", token)
        self.aws.secrets.restore_secret(SecretId=self.name)
        value = self.aws.secrets.get_secret_value(SecretId=self.name)
        self.assertEqual((value["SecretString"], value["VersionId"]), ("a", token))

    def test_not_found_is_a_bad_request(self):
        for call in (self.aws.secrets.describe_secret, self.aws.secrets.get_secret_value):
            answer = self.refused("ResourceNotFoundException", call, SecretId="nobody")
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_limits(self):
        self.refused("ValidationException", self.make, "x" * 65537)
        self.name = "no spaces"
        self.refused("ValidationException", self.make)

    def test_metadata_changes_without_a_version(self):
        token = str(uuid.uuid4())
        self.make("a", token)
        self.aws.secrets.update_secret(SecretId=self.name, Description="new")
        described = self.aws.secrets.describe_secret(SecretId=self.name)
        self.assertEqual((described["Description"], list(described["VersionIdsToStages"])), ("new", [token]))

    def test_stages_follow_the_versions(self):
        tokens = [str(uuid.uuid4()) for _ in range(3)]
        self.make("0", tokens[0])
        for number in (1, 2):
            self.aws.secrets.put_secret_value(
                SecretId=self.name, SecretString=str(number), ClientRequestToken=tokens[number])
        self.assertEqual(self.aws.secrets.describe_secret(SecretId=self.name)["VersionIdsToStages"],
                         {tokens[1]: ["AWSPREVIOUS"], tokens[2]: ["AWSCURRENT"]})
