"""Calls that moto does not have and answers with an HTML page: what can be ordered, what is about to happen."""

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from . import catalog


def describe_db_engine_versions(self) -> ActionResult:
    """DescribeDBEngineVersions with the upgrade targets, from the same table that creation is checked against."""
    wanted_engine, wanted_version = self.params.get("Engine"), self.params.get("EngineVersion")
    found = []
    for engine, lines in catalog.VERSIONS.items():
        if wanted_engine not in (None, engine):
            continue
        every = sorted((version for line in lines.values() for version in line), key=catalog.order)
        for version in every:
            line = catalog.major(engine, version)
            if wanted_version not in (None, version, line):
                continue
            found.append({
                "Engine": engine,
                "EngineVersion": version,
                "MajorEngineVersion": line,
                "DBParameterGroupFamily": f"{engine}{line}",
                "Status": "available",
                "ValidUpgradeTarget": [
                    {
                        "Engine": engine,
                        "EngineVersion": target,
                        "IsMajorVersionUpgrade": catalog.major(engine, target) != line,
                        "AutoUpgrade": False,
                    }
                    for target in every
                    if catalog.order(target) > catalog.order(version)
                ],
            })
    return ActionResult({"DBEngineVersions": found})


def describe_pending_maintenance_actions(self) -> ActionResult:
    """DescribePendingMaintenanceActions: nothing is ever due by AWS's own will here."""
    return ActionResult({"PendingMaintenanceActions": []})


def describe_certificates(self) -> ActionResult:
    """DescribeCertificates with the authority that new instances get."""
    return ActionResult({"Certificates": [{"CertificateIdentifier": "rds-ca-rsa2048-g1", "CertificateType": "CA"}]})


def patch() -> None:
    """Puts all of this into moto."""
    RDSResponse.describe_db_engine_versions = describe_db_engine_versions
    RDSResponse.describe_pending_maintenance_actions = describe_pending_maintenance_actions
    RDSResponse.describe_certificates = describe_certificates
