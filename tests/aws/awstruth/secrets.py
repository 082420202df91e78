"""Secrets Manager's refusals: what may not be done to a secret that waits for its deletion, and what is too large."""

import re

from moto.secretsmanager import exceptions
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from .errors import InvalidRequest, ValidationFailed

LARGEST_VALUE = 65536
_create = SecretsManagerBackend.create_secret
_put = SecretsManagerBackend.put_secret_value
_restore = SecretsManagerBackend.restore_secret
_move = SecretsManagerBackend.update_secret_version_stage
_stages = FakeSecret._form_version_ids_to_stages


def check_value(text: str | None) -> None:
    """The quota of a value."""
    if text is not None and len(text.encode()) > LARGEST_VALUE:
        raise ValidationFailed(
            "1 validation error detected: Value at 'secretString' failed to satisfy constraint: "
            f"Member must have length less than or equal to {LARGEST_VALUE}"
        )


def create(self, name, secret_string, *args, **kwargs):
    """CreateSecret."""
    if not re.fullmatch(r"[A-Za-z0-9/_+=.@!-]{1,512}", name):
        raise ValidationFailed(
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        )
    check_value(secret_string)
    existing = self.secrets.get(name)
    if existing is not None and existing.is_deleted():
        raise InvalidRequest(
            "You can't create this secret because a secret with this name is already scheduled for deletion."
        )
    return _create(self, name, secret_string, *args, **kwargs)


def put(self, secret_id, secret_string, *args, **kwargs):
    """PutSecretValue."""
    check_value(secret_string)
    existing = self.secrets.get(secret_id)
    if existing is not None and existing.is_deleted():
        raise InvalidRequest("You can't perform this operation on the secret because it was marked for deletion.")
    return _put(self, secret_id, secret_string, *args, **kwargs)


def restore(self, secret_id):
    """RestoreSecret."""
    existing = self.secrets.get(secret_id)
    if existing is not None and not existing.is_deleted():
        raise InvalidRequest(
            "You tried to perform the operation on a secret that's not currently marked for deletion."
        )
    return _restore(self, secret_id)


def move(self, secret_id, version_stage, remove_from_version_id, move_to_version_id):
    """UpdateSecretVersionStage. GetSecretValue: without a version, the value of AWSCURRENT; moto's stays the old one."""
    answer = _move(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
    if version_stage == "AWSCURRENT" and move_to_version_id:
        self.secrets[secret_id].default_version_id = move_to_version_id
    return answer


def version_stages(self):
    """Versions without a stage are deprecated; AWS does not list them."""
    return {version: stages for version, stages in _stages(self).items() if stages}


def not_found_is_a_bad_request(cls) -> None:
    """Moto answers 404 where every Secrets Manager error is HTTP 400."""
    initialise = cls.__init__

    def wrapped(self, *args, **kwargs):
        initialise(self, *args, **kwargs)
        self.code = 400

    cls.__init__ = wrapped


def patch() -> None:
    """Puts all of this into moto."""
    for cls in (
        exceptions.ResourceNotFoundException,
        exceptions.SecretNotFoundException,
        exceptions.SecretHasNoValueException,
        exceptions.SecretStageVersionMismatchException,
    ):
        not_found_is_a_bad_request(cls)
    FakeSecret._form_version_ids_to_stages = version_stages
    SecretsManagerBackend.create_secret = create
    SecretsManagerBackend.put_secret_value = put
    SecretsManagerBackend.restore_secret = restore
    SecretsManagerBackend.update_secret_version_stage = move
