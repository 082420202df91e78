"""What AWS reports of an instance although nobody asked for it, and what moto takes and forgets."""

from moto.rds.models import DBInstance

# Taken at creation and modification under the request's name, reported under the answer's.
REPORTED_AS = {
    "performance_insights_enabled": "enable_performance_insights",
    "customer_owned_ip_enabled": "enable_customer_owned_ip",
}
DEFAULTS = {
    "enable_performance_insights": False,
    "enable_customer_owned_ip": False,
    "database_insights_mode": "standard",
    "network_type": "IPV4",
    "dedicated_log_volume": False,
    "backup_target": "region",
    "performance_insights_retention_period": None,
    "performance_insights_kms_key_id": None,
    "promotion_tier": 1,
}
LICENSES = {"postgres": "postgresql-license"}
CERTIFICATE_AUTHORITY = "rds-ca-rsa2048-g1"


def fill_in(instance, request: dict) -> None:
    """Keeps what moto drops, with AWS's defaults where the request is silent."""
    for field, default in DEFAULTS.items():
        value = request.get(field)
        setattr(instance, field, default if value is None else value)
    settle_performance_insights(instance)
    if instance.db_cluster_identifier is not None:
        return
    if request.get("ca_certificate_identifier") is None:
        instance.ca_certificate_identifier = CERTIFICATE_AUTHORITY
    if request.get("license_model") is None:
        instance.license_model = LICENSES.get(instance.engine, "general-public-license")
    settle_storage(instance)


def settle_performance_insights(instance) -> None:
    """Switched on, it has a retention and a key."""
    if not instance.enable_performance_insights:
        instance.performance_insights_retention_period = instance.performance_insights_kms_key_id = None
        return
    instance.performance_insights_retention_period = instance.performance_insights_retention_period or 7
    key = f"arn:aws:kms:{instance.region}:{instance.account_id}:key/99999999-8888-7777-6666-555555555555"
    instance.performance_insights_kms_key_id = instance.performance_insights_kms_key_id or key


def settle_storage(instance) -> None:
    """gp3 has a baseline that nobody asks for and everybody is told; no other type has a throughput."""
    if instance.storage_type != "gp3":
        instance.storage_throughput = None
        return
    large = instance.allocated_storage >= 400
    instance.iops = instance.iops or (12000 if large else 3000)
    instance.storage_throughput = instance.storage_throughput or (500 if large else 125)


def patch() -> None:
    """Puts the answers' names on the values."""
    for answer, request in REPORTED_AS.items():
        setattr(DBInstance, answer, property(lambda self, field=request: getattr(self, field, None)))
