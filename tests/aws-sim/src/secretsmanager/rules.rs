//! Rules of Secrets Manager.
//!
//! AWS publishes the codes, and for many refusals no words. Those are as AWS's answers were recorded in public tests and
//! reports: `localstack/localstack` (`test_secretsmanager.snapshot.json`, recorded against AWS) and
//! `hashicorp/terraform-provider-aws`.

const CREATE: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html";
const PUT: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html";
const GET: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html";
const BATCH: &str =
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html";
const UPDATE: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html";
const STAGE: &str =
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html";
const DELETE: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html";
const RESTORE: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html";
const DESCRIBE: &str =
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html";
const LIST: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html";
const POLICY: &str =
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html";
const GET_POLICY: &str =
    "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html";
const TAG: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html";
const LIMITS: &str = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html";
const ERRORS: &str = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html";
const ACCESS: &str =
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html";
const TAGGING: &str = "https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html";

crate::rules::rules! {
    UNKNOWN_OPERATION: "UnknownOperationException", 400, "The operation {} is not known", ERRORS;
    UNREADABLE: "SerializationException", 400, "The request cannot be read: {}", ERRORS;
    NOT_SIMULATED: "NotImplementedException", 501, "This AWS does not know {}", ERRORS;
    CONSTRAINT: "ValidationException", 400, "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must have {}", CREATE;

    INVALID_NAME: "ValidationException", 400, "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!", CREATE;
    NAME_TAKEN: "ResourceExistsException", 400, "The operation failed because the secret {} already exists.", CREATE;
    NAME_SCHEDULED: "InvalidRequestException", 400, "You can't create this secret because a secret with this name is already scheduled for deletion.", CREATE;
    NO_TOKEN: "InvalidRequestException", 400, "You must provide a ClientRequestToken value. We recommend a UUID-type value.", CREATE;
    TOKEN_LENGTH: "InvalidParameterException", 400, "ClientRequestToken must be 32-64 characters long.", CREATE;
    TOKEN_TAKEN: "ResourceExistsException", 400, "You can't use ClientRequestToken {} because that value is already in use for a version of secret {}.", PUT;
    NO_VALUE: "InvalidRequestException", 400, "You must provide either SecretString or SecretBinary.", PUT;
    TWO_VALUES: "InvalidParameterException", 400, "You can't specify both a binary secret value and a string secret value in the same secret.", CREATE;
    TOO_MANY_VERSIONS: "LimitExceededException", 400, "You've reached the quota for versions of this secret.", LIMITS;
    TOO_MANY_STAGES: "LimitExceededException", 400, "You've reached the quota for staging labels of a version.", LIMITS;
    TOO_MANY_TAGS: "InvalidParameterException", 400, "You've reached the quota of 50 tags for a secret.", TAG;
    RESERVED_TAG: "InvalidParameterException", 400, "Tag keys that begin with aws: are reserved.", TAGGING;

    NOT_FOUND: "ResourceNotFoundException", 400, "Secrets Manager can't find the specified secret.", DESCRIBE;
    MARKED_FOR_DELETION: "InvalidRequestException", 400, "You can't perform this operation on the secret because it was marked for deletion.", GET;
    MANAGED: "InvalidRequestException", 400, "You can't perform this operation on the secret because it's managed by another service: {}.", UPDATE;
    OTHER_ACCOUNT: "AccessDeniedException", 400, "User: {} is not authorized to perform: secretsmanager:{} on resource: {} because no resource-based policy allows the secretsmanager:{} action", ACCESS;

    NO_SUCH_STAGE: "ResourceNotFoundException", 400, "Secrets Manager can't find the specified secret value for staging label: {}", GET;
    NO_SUCH_VERSION: "ResourceNotFoundException", 400, "Secrets Manager can't find the specified secret value for VersionId: {}", GET;
    STAGE_OF_ANOTHER: "InvalidRequestException", 400, "You provided a VersionStage that is not associated to the provided VersionId.", GET;
    IDS_OR_FILTERS: "InvalidParameterException", 400, "Either 'SecretIdList' or 'Filters' must be provided, but not both.", BATCH;
    PAGE_WITHOUT_FILTERS: "InvalidParameterException", 400, "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.", BATCH;

    NOWHERE: "InvalidParameterException", 400, "You must specify RemoveFromVersionId, MoveToVersionId, or both.", STAGE;
    REMOVE_FROM_MISSING: "InvalidParameterException", 400, "The parameter RemoveFromVersionId can't be empty. Staging label {} is currently attached to version {}, so you must explicitly reference that version in RemoveFromVersionId.", STAGE;
    REMOVE_FROM_ANOTHER: "InvalidParameterException", 400, "When you move staging label {}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label {}.", STAGE;
    CURRENT_STAYS: "InvalidParameterException", 400, "You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.", STAGE;
    NOT_A_VERSION: "InvalidParameterException", 400, "Not a valid version: {}", STAGE;

    WINDOW_RANGE: "InvalidParameterException", 400, "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).", DELETE;
    WINDOW_AND_FORCE: "InvalidParameterException", 400, "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.", DELETE;
    ALREADY_SCHEDULED: "InvalidRequestException", 400, "You can't perform this operation on the secret because it was already scheduled for deletion.", DELETE;
    NOT_SCHEDULED: "InvalidRequestException", 400, "You can't perform this operation on the secret because it's not currently marked for deletion.", RESTORE;

    INVALID_FILTER: "ValidationException", 400, "1 validation error detected: Value '{}' at 'filters.1.member.key' failed to satisfy constraint: Member must satisfy enum value set: [all, name, tag-key, description, tag-value, primary-region, owning-service]", LIST;
    INVALID_NEXT_TOKEN: "InvalidNextTokenException", 400, "Invalid Token", LIST;

    POLICY_SYNTAX: "MalformedPolicyDocumentException", 400, "This resource policy contains a syntax error.", POLICY;
    PUBLIC_POLICY: "PublicPolicyException", 400, "This resource policy grants broad access to the secret, which BlockPublicPolicy forbids.", POLICY;
    POLICY_NAME: "InvalidParameterException", 400, "You can only use the policy name default.", POLICY;
    NO_SUCH_POLICY: "ResourceNotFoundException", 400, "Secrets Manager can't find the specified resource policy.", GET_POLICY;
}
