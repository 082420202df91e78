"""Instances: their life, their identity, what is refused, what waits."""

import unittest

from .endpoint import Case


class Life(Case):
    def test_creation_takes_its_time_and_has_no_endpoint_before(self):
        made = self.create()
        self.assertEqual(made["DBInstanceStatus"], "creating")
        self.assertNotIn("Endpoint", self.describe())
        ready = self.available()
        self.assertEqual(ready["Endpoint"]["Port"], 5432)
        self.assertRegex(ready["EngineVersion"], r"^16\.\d+$")
        self.assertTrue(ready["KmsKeyId"].startswith("arn:aws:kms:"))

    def test_what_was_asked_for_is_reported_and_the_rest_has_a_default(self):
        self.create(EnablePerformanceInsights=True)
        ready = self.available()
        self.assertEqual((ready["PerformanceInsightsEnabled"], ready["PerformanceInsightsRetentionPeriod"]), (True, 7))
        self.assertEqual((ready["Iops"], ready["StorageThroughput"], ready["LicenseModel"], ready["DatabaseInsightsMode"]),
                         (3000, 125, "postgresql-license", "standard"))
        self.aws.rds.modify_db_instance(DBInstanceIdentifier=self.name, EnablePerformanceInsights=False, DBPortNumber=5433)
        changed = self.available()
        self.assertEqual((changed["PerformanceInsightsEnabled"], changed["Endpoint"]["Port"]), (False, 5433))

    def test_every_instance_has_its_own_resource_id(self):
        first = self.create()["DbiResourceId"]
        second = self.create(self.name + "2")["DbiResourceId"]
        self.assertNotEqual(first, second)
        self.assertRegex(first, r"^db-[A-Z0-9]{26}$")

    def test_deletion_takes_its_time_and_leaves_the_final_snapshot(self):
        self.create(CopyTagsToSnapshot=True, Tags=[{"Key": "team", "Value": "payments"}])
        self.available()
        self.aws.rds.delete_db_instance(DBInstanceIdentifier=self.name, FinalDBSnapshotIdentifier=f"{self.name}-final")
        self.assertEqual(self.describe()["DBInstanceStatus"], "deleting")
        self.refused("InvalidDBInstanceState", self.aws.rds.delete_db_instance,
                     DBInstanceIdentifier=self.name, SkipFinalSnapshot=True)
        self.until(lambda: not [i for i in self.aws.side("GET", "state")["instances"] if i["DBInstanceIdentifier"] == self.name])
        self.refused("DBInstanceNotFound", self.describe)
        snapshot = self.aws.rds.describe_db_snapshots(DBSnapshotIdentifier=f"{self.name}-final")["DBSnapshots"][0]
        self.assertEqual((snapshot["Status"], snapshot["Encrypted"]), ("available", True))
        self.assertEqual(snapshot["TagList"], [{"Key": "team", "Value": "payments"}])

    def test_restore_brings_the_password_and_starts_a_life_of_its_own(self):
        self.create()
        self.available()
        self.aws.rds.create_db_snapshot(DBInstanceIdentifier=self.name, DBSnapshotIdentifier=f"{self.name}-s")
        made = self.aws.rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier=f"{self.name}-r", DBSnapshotIdentifier=f"{self.name}-s")["DBInstance"]
        self.assertEqual(made["DBInstanceStatus"], "creating")
        self.assertNotEqual(made["DbiResourceId"], self.describe()["DbiResourceId"])
        self.available(f"{self.name}-r")
        rows = {row["DBInstanceIdentifier"]: row["MasterUserPassword"] for row in self.aws.side("GET", "state")["instances"]}
        self.assertEqual(rows[f"{self.name}-r"], "correct-horse")


class Refusals(Case):
    def test_creation(self):
        for code, changes in [
            ("InvalidParameterCombination", {"EngineVersion": "99"}),
            ("InvalidParameterValue", {"DBInstanceClass": "db.bogus.large"}),
            ("InvalidParameterCombination", {"DBInstanceClass": "db.t2.micro"}),
            ("InvalidParameterValue", {"AllocatedStorage": 10}),
            ("InvalidParameterValue", {"MasterUserPassword": "short"}),
            ("InvalidParameterValue", {"MasterUserPassword": "with/slash-in-it"}),
            ("InvalidParameterValue", {"MasterUserPassword": None}),
            ("InvalidParameterCombination", {"ManageMasterUserPassword": True}),
            ("InvalidParameterValue", {"MasterUsername": "rdsadmin"}),
            ("InvalidParameterValue", {"DBName": "db"}),
            ("InvalidParameterValue", {"BackupRetentionPeriod": 36}),
        ]:
            with self.subTest(changes):
                self.refused(code, self.create, **changes)
        self.create()
        self.refused("DBInstanceAlreadyExists", self.create)

    def test_modification_and_deletion(self):
        self.create(EngineVersion="16.4", DeletionProtection=True)
        self.refused("InvalidDBInstanceState", self.modify, AllocatedStorage=40)
        self.available()
        self.refused("InvalidParameterCombination", self.modify, EngineVersion="17")
        self.refused("InvalidParameterCombination", self.modify, EngineVersion="16.3")
        self.refused("InvalidParameterCombination", self.modify, AllocatedStorage=19)
        self.refused("InvalidParameterCombination", self.modify)
        delete = self.aws.rds.delete_db_instance
        self.refused("InvalidParameterCombination", delete, DBInstanceIdentifier=self.name, SkipFinalSnapshot=True)
        self.modify(DeletionProtection=False)
        self.refused("InvalidParameterCombination", delete, DBInstanceIdentifier=self.name)
        self.refused("DBInstanceNotFound", delete, DBInstanceIdentifier="nobody", SkipFinalSnapshot=True)

    def modify(self, **changes):
        return self.aws.rds.modify_db_instance(DBInstanceIdentifier=self.name, **changes)["DBInstance"]


class Changes(Case):
    modify = Refusals.modify

    def test_a_deferred_change_waits_for_the_window(self):
        self.create()
        self.available()
        answer = self.modify(DBInstanceClass="db.t4g.small", BackupRetentionPeriod=7)
        self.assertEqual(answer["DBInstanceClass"], "db.t4g.micro")
        waiting = self.available()
        self.assertEqual(waiting["PendingModifiedValues"], {"DBInstanceClass": "db.t4g.small"})
        self.assertEqual((waiting["DBInstanceClass"], waiting["BackupRetentionPeriod"]), ("db.t4g.micro", 7))
        self.aws.side("POST", "maintenance", {"region": "eu-central-1", "instance": self.name})
        self.assertEqual(self.describe()["DBInstanceStatus"], "modifying")
        done = self.available()
        self.assertEqual((done["DBInstanceClass"], done["PendingModifiedValues"]), ("db.t4g.small", {}))

    def test_an_immediate_change_takes_what_waits_along(self):
        self.create()
        self.available()
        self.modify(MultiAZ=True)
        self.modify(AllocatedStorage=40, ApplyImmediately=True)
        done = self.available()
        self.assertEqual((done["MultiAZ"], done["AllocatedStorage"]), (True, 40))

    def test_a_change_back_cancels_what_waits(self):
        self.create()
        self.available()
        self.modify(MultiAZ=True)
        self.modify(MultiAZ=False, ApplyImmediately=True)
        self.assertEqual(self.available()["PendingModifiedValues"], {})

    def test_a_password_is_applied_without_a_window_and_never_shown(self):
        self.create()
        self.available()
        answer = self.modify(MasterUserPassword="another-horse")
        # AWS answers with what was before.
        self.assertIn(answer["DBInstanceStatus"], ("available", "resetting-master-credentials"))
        self.assertEqual(self.describe()["DBInstanceStatus"], "resetting-master-credentials")
        self.assertEqual(answer["PendingModifiedValues"], {"MasterUserPassword": "****"})
        self.available()
        row = [i for i in self.aws.side("GET", "state")["instances"] if i["DBInstanceIdentifier"] == self.name][0]
        self.assertEqual(row["MasterUserPassword"], "another-horse")

    def test_drift_is_seen(self):
        self.create()
        self.available()
        self.aws.side("POST", "drift", {"region": "eu-central-1", "instance": self.name,
                                        "set": {"BackupRetentionPeriod": 3}})
        self.assertEqual(self.describe()["BackupRetentionPeriod"], 3)


class Offers(Case):
    def test_versions_with_their_upgrade_targets(self):
        found = self.aws.rds.describe_db_engine_versions(Engine="postgres", EngineVersion="16.8")["DBEngineVersions"]
        targets = {t["EngineVersion"]: t["IsMajorVersionUpgrade"] for t in found[0]["ValidUpgradeTarget"]}
        self.assertEqual((found[0]["DBParameterGroupFamily"], targets["16.9"], targets["17.5"]), ("postgres16", False, True))


class Groups(Case):
    def test_a_group_in_use_stays(self):
        self.aws.rds.create_db_parameter_group(
            DBParameterGroupName="pg-used", DBParameterGroupFamily="postgres16", Description="x")
        self.create(DBParameterGroupName="pg-used")
        self.refused("InvalidDBParameterGroupState", self.aws.rds.delete_db_parameter_group,
                     DBParameterGroupName="pg-used")

    def test_parameters_have_a_type_and_go_back_to_their_defaults(self):
        name = self.aws.rds.create_db_parameter_group(
            DBParameterGroupName="mine", DBParameterGroupFamily="postgres16", Description="d",
        )["DBParameterGroup"]["DBParameterGroupName"]
        own = lambda: self.aws.rds.describe_db_parameters(DBParameterGroupName=name, Source="user")["Parameters"]
        change = lambda name_, value, method: self.aws.rds.modify_db_parameter_group(
            DBParameterGroupName=name,
            Parameters=[{"ParameterName": name_, "ParameterValue": value, "ApplyMethod": method}],
        )
        self.assertEqual(own(), [])
        change("work_mem", "8192", "immediate")
        self.assertEqual([(p["ParameterName"], p["ParameterValue"]) for p in own()], [("work_mem", "8192")])
        self.refused("InvalidParameterCombination", change, "max_connections", "200", "immediate")
        self.refused("InvalidParameterValue", change, "no_such_thing", "1", "immediate")
        filtered = self.aws.rds.describe_db_parameters(
            DBParameterGroupName=name, Filters=[{"Name": "parameter-name", "Values": ["max_connections"]}],
        )["Parameters"]
        self.assertEqual([p["ApplyType"] for p in filtered], ["static"])
        # AWS's own default of it is the system's.
        self.assertIn(filtered[0]["Source"], ("system", "engine-default"))
        self.aws.rds.reset_db_parameter_group(
            DBParameterGroupName=name, ResetAllParameters=False,
            Parameters=[{"ParameterName": "work_mem", "ApplyMethod": "immediate"}],
        )
        self.assertEqual(own(), [])

    def test_static_parameters_wait_for_a_reboot(self):
        self.aws.rds.create_db_parameter_group(
            DBParameterGroupName="static", DBParameterGroupFamily="postgres16", Description="d",
        )
        self.create(DBParameterGroupName="static")
        status = lambda: self.describe()["DBParameterGroups"][0]["ParameterApplyStatus"]
        self.assertEqual(status(), "in-sync")
        self.aws.rds.modify_db_parameter_group(DBParameterGroupName="static", Parameters=[
            {"ParameterName": "max_connections", "ParameterValue": "200", "ApplyMethod": "pending-reboot"},
        ])
        self.assertEqual(status(), "pending-reboot")

    def test_a_subnet_group_survives_its_modification(self):
        ec2 = self.aws.client("ec2")
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]]
        self.aws.rds.create_db_subnet_group(
            DBSubnetGroupName="used", DBSubnetGroupDescription="x", SubnetIds=subnets[:2])
        self.create(DBSubnetGroupName="used")
        self.aws.rds.modify_db_subnet_group(DBSubnetGroupName="used", SubnetIds=subnets)
        group = self.aws.rds.describe_db_subnet_groups(DBSubnetGroupName="used")["DBSubnetGroups"][0]
        self.assertEqual(len(group["Subnets"]), len(subnets))
        self.refused("InvalidDBSubnetGroupStateFault", self.aws.rds.delete_db_subnet_group, DBSubnetGroupName="used")
        self.assertFalse(self.describe()["PubliclyAccessible"])


if __name__ == "__main__":
    unittest.main()
