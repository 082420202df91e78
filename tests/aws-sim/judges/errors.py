"""Which errors an operation may answer with: those that the model declares for it, and those common to all."""

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html; the page names `ThrottlingException`,
# while RDS writes `Throttling` on the wire, which is what botocore's own list of retryable codes has.
_QUERY = {
    "AccessDenied": 403,
    "AccessDeniedException": 400,
    "ExpiredToken": 403,
    "ExpiredTokenException": 400,
    "IncompleteSignature": 400,
    "InternalFailure": 500,
    "InvalidAction": 400,
    "InvalidClientTokenId": 403,
    "InvalidParameterCombination": 400,
    "InvalidParameterValue": 400,
    "MissingAction": 400,
    "MissingAuthenticationToken": 403,
    "MissingParameter": 400,
    "OptInRequired": 403,
    "RequestExpired": 400,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "Throttling": 400,
    "ThrottlingException": 400,
    "ValidationError": 400,
}

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
_JSON = {
    "AccessDeniedException": 400,
    "ExpiredTokenException": 400,
    "IncompleteSignatureException": 400,
    "InternalFailure": 500,
    "InvalidSignatureException": 400,
    "MissingAuthenticationTokenException": 400,
    "SerializationException": 400,
    "ServiceUnavailable": 503,
    "ThrottlingException": 400,
    "UnknownOperationException": 400,
    "UnrecognizedClientException": 400,
    "ValidationException": 400,
}


def declared(operation) -> dict:
    """The operation's own errors by the code on the wire."""
    return {shape.error_code: shape for shape in operation.error_shapes}


def allowed(operation) -> set[str]:
    """Every code that the operation may answer with."""
    return set(declared(operation)) | set(_JSON if operation.service_model.protocol == "json" else _QUERY)


def status(operation, code: str) -> int | None:
    """The HTTP status of a code, if the operation may answer with it."""
    own = declared(operation).get(code)
    if own is not None:
        return own.metadata.get("error", {}).get("httpStatusCode", 500 if own.metadata.get("fault") else 400)
    return (_JSON if operation.service_model.protocol == "json" else _QUERY).get(code)


def check(operation, code: str, answered: int, reading) -> None:
    """Notes a code that the operation does not have, or a wrong HTTP status of one that it has."""
    wanted = status(operation, code)
    if wanted is None:
        reading.fault(f"{operation.name} {code}", "is no error of this operation, nor one common to all")
    elif answered != wanted:
        reading.fault(f"{operation.name} {code}", f"has the HTTP status {answered}, where the model has {wanted}")
