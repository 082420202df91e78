"""What can be ordered: engine versions and instance classes. A small, real excerpt; the rest is unknown to this AWS."""

from .errors import invalid_combination, invalid_value

VERSIONS = {
    "postgres": {
        "13": ["13.18", "13.20", "13.21"],
        "14": ["14.15", "14.17", "14.18"],
        "15": ["15.10", "15.12", "15.13"],
        "16": ["16.3", "16.4", "16.6", "16.8", "16.9"],
        "17": ["17.2", "17.4", "17.5"],
    },
    "mysql": {
        "8.0": ["8.0.35", "8.0.40", "8.0.41", "8.0.42"],
        "8.4": ["8.4.3", "8.4.4", "8.4.5"],
    },
    "mariadb": {"10.11": ["10.11.10", "10.11.11"], "11.4": ["11.4.4", "11.4.5"]},
}

_SIZES = {
    "db.t4g": ["micro", "small", "medium", "large", "xlarge", "2xlarge"],
    "db.t3": ["micro", "small", "medium", "large", "xlarge", "2xlarge"],
    "db.m6g": ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"],
    "db.m7g": ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"],
    "db.r6g": ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"],
    "db.r7g": ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"],
}
CLASSES = {f"{family}.{size}" for family, sizes in _SIZES.items() for size in sizes}
# Real names that no listed engine version can be ordered with any more: AWS knows them and refuses the combination.
RETIRED_CLASSES = {"db.t2.micro", "db.t2.small", "db.m4.large"}


def major(engine: str, version: str) -> str:
    """The part of a version whose change is a major upgrade: one component for PostgreSQL, two for the others."""
    return ".".join(version.split(".")[: 1 if engine == "postgres" else 2])


def order(version: str) -> tuple[int, ...]:
    """A sort key: 16.10 is newer than 16.9."""
    return tuple(int(part) for part in version.split("."))


def resolve_version(engine: str, version: str | None) -> str:
    """The full version for what was asked: `16` is the newest 16.x, nothing is the newest of the newest but one major."""
    lines = VERSIONS[engine]
    if version is None:
        return lines[sorted(lines, key=order)[-2]][-1]
    if version in lines:
        return lines[version][-1]
    if version not in lines.get(major(engine, version), []):
        raise invalid_combination(f"Cannot find version {version} for {engine}")
    return version


def check_class(name: str, engine: str, version: str) -> None:
    """Refuses what does not exist, and what exists but not for this engine."""
    if name in RETIRED_CLASSES:
        raise invalid_combination(
            "RDS does not support creating a DB instance with the following combination: "
            f"DBInstanceClass={name}, Engine={engine}, EngineVersion={version}, LicenseModel=postgresql-license. "
            "For supported combinations of instance class and database engine version, see the documentation."
        )
    if name not in CLASSES:
        raise invalid_value(f"Invalid DB Instance class: {name}")


def check_upgrade(engine: str, current: str, wanted: str, allow_major: bool) -> None:
    """Only forward, and over a major only when that was asked for."""
    if order(wanted) < order(current):
        raise invalid_combination(f"Cannot upgrade {engine} from {current} to {wanted}")
    if major(engine, wanted) != major(engine, current) and not allow_major:
        raise invalid_combination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        )
