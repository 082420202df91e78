"""The errors AWS answers with and moto lacks. Codes are what clients branch on; texts follow AWS's wording."""

from moto.core.exceptions import ServiceException
from moto.secretsmanager.exceptions import SecretsManagerClientError


class RdsError(ServiceException):
    """An RDS error; moto turns it into the query protocol's XML with the HTTP status of the code."""


def invalid_value(message: str) -> RdsError:
    """A value that can never be right."""
    return RdsError("InvalidParameterValue", message)


def invalid_combination(message: str) -> RdsError:
    """Values that are wrong together, or wrong for what exists."""
    return RdsError("InvalidParameterCombination", message)


def invalid_state(message: str = "Database instance is not in available state.") -> RdsError:
    """The call is fine, the moment is not."""
    return RdsError("InvalidDBInstanceState", message)


class InvalidRequest(SecretsManagerClientError):
    """The secret is in a state that forbids the call."""

    def __init__(self, message: str):
        super().__init__("InvalidRequestException", message)


class ValidationFailed(SecretsManagerClientError):
    """A parameter that breaks the API model's own limits."""

    def __init__(self, message: str):
        super().__init__("ValidationException", message)
