"""A difference that is not listed fails a run, and so does a listed one that is gone."""

import random
import unittest

from judges.differential import answer, databases, difference, run, secrets
from judges.differential.difference import Difference, Listed


class Comparison(unittest.TestCase):
    def members(self, **members):
        flat = {}
        answer._flatten("", members, flat)
        return answer.Answer("ok", "", flat)

    def test_drawn_parts_are_no_difference(self):
        one = self.members(ARN="arn:aws:secretsmanager:eu-central-1:1:secret:s-AbCdEf", DbiResourceId="db-" + "A" * 26)
        other = self.members(ARN="arn:aws:secretsmanager:eu-central-1:1:secret:s-123456", DbiResourceId="db-" + "B" * 26)
        self.assertEqual(answer.differences("describe_secret", one, other, True), [])

    def test_the_order_of_a_list_is_no_difference_and_its_content_is(self):
        one = self.members(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        other = self.members(Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])
        self.assertEqual(
            answer.differences("describe_secret", one, other, True), [Difference("describe_secret", "Tags[].Value", "1", "3")]
        )

    def test_of_a_change_the_outcome_counts(self):
        one, other = self.members(VersionId="1"), self.members(VersionId="2")
        self.assertEqual(answer.differences("put_secret_value", one, other, False), [])
        refused = answer.Answer("ResourceExistsException", "in use")
        [found] = answer.differences("put_secret_value", refused, other, False)
        self.assertEqual(found, Difference("put_secret_value", None, "ResourceExistsException", "ok", "in use"))


class Verdict(unittest.TestCase):
    def test_what_is_not_listed_and_what_is_gone(self):
        entry = Listed("put_secret_value", "why", "page", sim="Refused", moto="ok")
        outcome = run.Outcome(1, is_whole=True, listed=[entry])
        self.assertEqual(len(outcome.wrong), 1)
        known = Difference("put_secret_value", None, "Refused", "ok")
        self.assertFalse(run._compare([known], [], outcome))
        self.assertEqual(outcome.wrong, [])
        other = Difference("describe_secret", "Name", "a", "b")
        self.assertFalse(run._compare([other], ["how"], outcome))
        self.assertEqual(len(outcome.wrong), 1)

    def test_each_listed_difference_has_a_page(self):
        self.assertTrue(all(entry.page and entry.because for entry in difference.listed()))

    def test_a_seed_gives_the_same_calls_each_time(self):
        for kind in (secrets, databases):
            first, second = ([*kind.calls(3, random.Random("seed"))] for _ in range(2))
            self.assertEqual(first, second)


if __name__ == "__main__":
    unittest.main()
