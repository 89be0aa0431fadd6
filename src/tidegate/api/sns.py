"""Amazon Simple Notification Service, API version 2010-03-31.

Generated from AWS's service model by tools/generate_api.py; do not edit.
"""

from typing import Annotated

from tidegate.api.operation import (
    Constraint,
    EntryNames,
    ErrorShape,
    Instant,
    Integer,
    OperationShape,
    ServiceShape,
    Shape,
)

DelegatesList = list[str]

ActionsList = list[str]


class AddPermissionInput(Shape, frozen=True, kw_only=True):
    TopicArn: str
    Label: str
    AWSAccountId: DelegatesList
    ActionName: ActionsList


PhoneNumber_ = Annotated[str, Constraint(secret=True)]


class CheckIfPhoneNumberIsOptedOutInput(Shape, frozen=True, kw_only=True):
    phoneNumber: PhoneNumber_


class CheckIfPhoneNumberIsOptedOutResponse(Shape, frozen=True, kw_only=True):
    isOptedOut: bool | None = None


class ConfirmSubscriptionInput(Shape, frozen=True, kw_only=True):
    TopicArn: str
    Token: str
    AuthenticateOnUnsubscribe: str | None = None


class ConfirmSubscriptionResponse(Shape, frozen=True, kw_only=True):
    SubscriptionArn: str | None = None


MapStringToString = dict[str, str]


class CreatePlatformApplicationInput(Shape, frozen=True, kw_only=True):
    Name: str
    Platform: str
    Attributes: MapStringToString


class CreatePlatformApplicationResponse(Shape, frozen=True, kw_only=True):
    PlatformApplicationArn: str | None = None


class CreatePlatformEndpointInput(Shape, frozen=True, kw_only=True):
    PlatformApplicationArn: str
    Token: str
    CustomUserData: str | None = None
    Attributes: MapStringToString | None = None


class CreateEndpointResponse(Shape, frozen=True, kw_only=True):
    EndpointArn: str | None = None


PhoneNumberString = Annotated[
    str,
    Constraint(most=20, pattern=r"^(\+[0-9]{8,}|[0-9]{0,9})$", secret=True),
]

LanguageCodeString = Annotated[
    str,
    Constraint(
        enum=(
            "en-US",
            "en-GB",
            "es-419",
            "es-ES",
            "de-DE",
            "fr-CA",
            "fr-FR",
            "it-IT",
            "ja-JP",
            "pt-BR",
            "kr-KR",
            "zh-CN",
            "zh-TW",
        ),
    ),
]


class CreateSMSSandboxPhoneNumberInput(Shape, frozen=True, kw_only=True):
    PhoneNumber: PhoneNumberString
    LanguageCode: LanguageCodeString | None = None


class CreateSMSSandboxPhoneNumberResult(Shape, frozen=True, kw_only=True):
    pass


TopicAttributesMap = dict[str, str]

TagKey = Annotated[str, Constraint(least=1, most=128)]

TagValue = Annotated[str, Constraint(least=0, most=256)]


class Tag(Shape, frozen=True, kw_only=True):
    Key: TagKey
    Value: TagValue


TagList = list[Tag]


class CreateTopicInput(Shape, frozen=True, kw_only=True):
    Name: str
    Attributes: TopicAttributesMap | None = None
    Tags: TagList | None = None
    DataProtectionPolicy: str | None = None


class CreateTopicResponse(Shape, frozen=True, kw_only=True):
    TopicArn: str | None = None


class DeleteEndpointInput(Shape, frozen=True, kw_only=True):
    EndpointArn: str


class DeletePlatformApplicationInput(Shape, frozen=True, kw_only=True):
    PlatformApplicationArn: str


class DeleteSMSSandboxPhoneNumberInput(Shape, frozen=True, kw_only=True):
    PhoneNumber: PhoneNumberString


class DeleteSMSSandboxPhoneNumberResult(Shape, frozen=True, kw_only=True):
    pass


class DeleteTopicInput(Shape, frozen=True, kw_only=True):
    TopicArn: str


class GetDataProtectionPolicyInput(Shape, frozen=True, kw_only=True):
    ResourceArn: str


class GetDataProtectionPolicyResponse(Shape, frozen=True, kw_only=True):
    DataProtectionPolicy: str | None = None


class GetEndpointAttributesInput(Shape, frozen=True, kw_only=True):
    EndpointArn: str


class GetEndpointAttributesResponse(Shape, frozen=True, kw_only=True):
    Attributes: MapStringToString | None = None


class GetPlatformApplicationAttributesInput(Shape, frozen=True, kw_only=True):
    PlatformApplicationArn: str


class GetPlatformApplicationAttributesResponse(Shape, frozen=True, kw_only=True):
    Attributes: MapStringToString | None = None


ListString = list[str]


class GetSMSAttributesInput(Shape, frozen=True, kw_only=True):
    attributes: ListString | None = None


class GetSMSAttributesResponse(Shape, frozen=True, kw_only=True):
    attributes: MapStringToString | None = None


class GetSMSSandboxAccountStatusInput(Shape, frozen=True, kw_only=True):
    pass


class GetSMSSandboxAccountStatusResult(Shape, frozen=True, kw_only=True):
    IsInSandbox: bool


class GetSubscriptionAttributesInput(Shape, frozen=True, kw_only=True):
    SubscriptionArn: str


SubscriptionAttributesMap = dict[str, str]


class GetSubscriptionAttributesResponse(Shape, frozen=True, kw_only=True):
    Attributes: SubscriptionAttributesMap | None = None


class GetTopicAttributesInput(Shape, frozen=True, kw_only=True):
    TopicArn: str


class GetTopicAttributesResponse(Shape, frozen=True, kw_only=True):
    Attributes: TopicAttributesMap | None = None


class ListEndpointsByPlatformApplicationInput(Shape, frozen=True, kw_only=True):
    PlatformApplicationArn: str
    NextToken: str | None = None


class Endpoint(Shape, frozen=True, kw_only=True):
    EndpointArn: str | None = None
    Attributes: MapStringToString | None = None


ListOfEndpoints = list[Endpoint]


class ListEndpointsByPlatformApplicationResponse(Shape, frozen=True, kw_only=True):
    Endpoints: ListOfEndpoints | None = None
    NextToken: str | None = None


MaxItemsListOriginationNumbers = Annotated[Integer, Constraint(least=1, most=30)]


class ListOriginationNumbersRequest(Shape, frozen=True, kw_only=True):
    NextToken: str | None = None
    MaxResults: MaxItemsListOriginationNumbers | None = None


NumberCapabilityList = list[str]


class PhoneNumberInformation(Shape, frozen=True, kw_only=True):
    CreatedAt: Instant | None = None
    PhoneNumber: PhoneNumber_ | None = None
    Status: str | None = None
    Iso2CountryCode: str | None = None
    RouteType: str | None = None
    NumberCapabilities: NumberCapabilityList | None = None


PhoneNumberInformationList = list[PhoneNumberInformation]


class ListOriginationNumbersResult(Shape, frozen=True, kw_only=True):
    NextToken: str | None = None
    PhoneNumbers: PhoneNumberInformationList | None = None


class ListPhoneNumbersOptedOutInput(Shape, frozen=True, kw_only=True):
    nextToken: str | None = None


PhoneNumberList = list[PhoneNumber_]


class ListPhoneNumbersOptedOutResponse(Shape, frozen=True, kw_only=True):
    phoneNumbers: PhoneNumberList | None = None
    nextToken: str | None = None


class ListPlatformApplicationsInput(Shape, frozen=True, kw_only=True):
    NextToken: str | None = None


class PlatformApplication(Shape, frozen=True, kw_only=True):
    PlatformApplicationArn: str | None = None
    Attributes: MapStringToString | None = None


ListOfPlatformApplications = list[PlatformApplication]


class ListPlatformApplicationsResponse(Shape, frozen=True, kw_only=True):
    PlatformApplications: ListOfPlatformApplications | None = None
    NextToken: str | None = None


MaxItems = Annotated[Integer, Constraint(least=1, most=100)]


class ListSMSSandboxPhoneNumbersInput(Shape, frozen=True, kw_only=True):
    NextToken: str | None = None
    MaxResults: MaxItems | None = None


class SMSSandboxPhoneNumber(Shape, frozen=True, kw_only=True):
    PhoneNumber: PhoneNumberString | None = None
    Status: str | None = None


SMSSandboxPhoneNumberList = list[SMSSandboxPhoneNumber]


class ListSMSSandboxPhoneNumbersResult(Shape, frozen=True, kw_only=True):
    PhoneNumbers: SMSSandboxPhoneNumberList | None = None
    NextToken: str | None = None


class ListSubscriptionsInput(Shape, frozen=True, kw_only=True):
    NextToken: str | None = None


class Subscription(Shape, frozen=True, kw_only=True):
    SubscriptionArn: str | None = None
    Owner: str | None = None
    Protocol: str | None = None
    Endpoint: str | None = None
    TopicArn: str | None = None


SubscriptionsList = list[Subscription]


class ListSubscriptionsResponse(Shape, frozen=True, kw_only=True):
    Subscriptions: SubscriptionsList | None = None
    NextToken: str | None = None


class ListSubscriptionsByTopicInput(Shape, frozen=True, kw_only=True):
    TopicArn: str
    NextToken: str | None = None


class ListSubscriptionsByTopicResponse(Shape, frozen=True, kw_only=True):
    Subscriptions: SubscriptionsList | None = None
    NextToken: str | None = None


AmazonResourceName = Annotated[str, Constraint(least=1, most=1011)]


class ListTagsForResourceRequest(Shape, frozen=True, kw_only=True):
    ResourceArn: AmazonResourceName


class ListTagsForResourceResponse(Shape, frozen=True, kw_only=True):
    Tags: TagList | None = None


class ListTopicsInput(Shape, frozen=True, kw_only=True):
    NextToken: str | None = None


class Topic(Shape, frozen=True, kw_only=True):
    TopicArn: str | None = None


TopicsList = list[Topic]


class ListTopicsResponse(Shape, frozen=True, kw_only=True):
    Topics: TopicsList | None = None
    NextToken: str | None = None


class OptInPhoneNumberInput(Shape, frozen=True, kw_only=True):
    phoneNumber: PhoneNumber_


class OptInPhoneNumberResponse(Shape, frozen=True, kw_only=True):
    pass


class MessageAttributeValue(Shape, frozen=True, kw_only=True):
    DataType: str
    StringValue: str | None = None
    BinaryValue: bytes | None = None


MessageAttributeMap = Annotated[dict[str, MessageAttributeValue], EntryNames("Name", "Value")]


class PublishInput(Shape, frozen=True, kw_only=True):
    TopicArn: str | None = None
    TargetArn: str | None = None
    PhoneNumber: PhoneNumber_ | None = None
    Message: str
    Subject: str | None = None
    MessageStructure: str | None = None
    MessageAttributes: MessageAttributeMap | None = None
    MessageDeduplicationId: str | None = None
    MessageGroupId: str | None = None


class PublishResponse(Shape, frozen=True, kw_only=True):
    MessageId: str | None = None
    SequenceNumber: str | None = None


class PublishBatchRequestEntry(Shape, frozen=True, kw_only=True):
    Id: str
    Message: str
    Subject: str | None = None
    MessageStructure: str | None = None
    MessageAttributes: MessageAttributeMap | None = None
    MessageDeduplicationId: str | None = None
    MessageGroupId: str | None = None


PublishBatchRequestEntryList = list[PublishBatchRequestEntry]


class PublishBatchInput(Shape, frozen=True, kw_only=True):
    TopicArn: str
    PublishBatchRequestEntries: PublishBatchRequestEntryList


class PublishBatchResultEntry(Shape, frozen=True, kw_only=True):
    Id: str | None = None
    MessageId: str | None = None
    SequenceNumber: str | None = None


PublishBatchResultEntryList = list[PublishBatchResultEntry]


class BatchResultErrorEntry(Shape, frozen=True, kw_only=True):
    Id: str
    Code: str
    Message: str | None = None
    SenderFault: bool


BatchResultErrorEntryList = list[BatchResultErrorEntry]


class PublishBatchResponse(Shape, frozen=True, kw_only=True):
    Successful: PublishBatchResultEntryList | None = None
    Failed: BatchResultErrorEntryList | None = None


class PutDataProtectionPolicyInput(Shape, frozen=True, kw_only=True):
    ResourceArn: str
    DataProtectionPolicy: str


class RemovePermissionInput(Shape, frozen=True, kw_only=True):
    TopicArn: str
    Label: str


class SetEndpointAttributesInput(Shape, frozen=True, kw_only=True):
    EndpointArn: str
    Attributes: MapStringToString


class SetPlatformApplicationAttributesInput(Shape, frozen=True, kw_only=True):
    PlatformApplicationArn: str
    Attributes: MapStringToString


class SetSMSAttributesInput(Shape, frozen=True, kw_only=True):
    attributes: MapStringToString


class SetSMSAttributesResponse(Shape, frozen=True, kw_only=True):
    pass


class SetSubscriptionAttributesInput(Shape, frozen=True, kw_only=True):
    SubscriptionArn: str
    AttributeName: str
    AttributeValue: str | None = None


class SetTopicAttributesInput(Shape, frozen=True, kw_only=True):
    TopicArn: str
    AttributeName: str
    AttributeValue: str | None = None


class SubscribeInput(Shape, frozen=True, kw_only=True):
    TopicArn: str
    Protocol: str
    Endpoint: str | None = None
    Attributes: SubscriptionAttributesMap | None = None
    ReturnSubscriptionArn: bool | None = None


class SubscribeResponse(Shape, frozen=True, kw_only=True):
    SubscriptionArn: str | None = None


class TagResourceRequest(Shape, frozen=True, kw_only=True):
    ResourceArn: AmazonResourceName
    Tags: TagList


class TagResourceResponse(Shape, frozen=True, kw_only=True):
    pass


class UnsubscribeInput(Shape, frozen=True, kw_only=True):
    SubscriptionArn: str


TagKeyList = list[TagKey]


class UntagResourceRequest(Shape, frozen=True, kw_only=True):
    ResourceArn: AmazonResourceName
    TagKeys: TagKeyList


class UntagResourceResponse(Shape, frozen=True, kw_only=True):
    pass


OTPCode = Annotated[str, Constraint(least=5, most=8, pattern=r"^[0-9]+$")]


class VerifySMSSandboxPhoneNumberInput(Shape, frozen=True, kw_only=True):
    PhoneNumber: PhoneNumberString
    OneTimePassword: OTPCode


class VerifySMSSandboxPhoneNumberResult(Shape, frozen=True, kw_only=True):
    pass


ERRORS = {
    "AuthorizationErrorException": ErrorShape("AuthorizationError", 403),
    "BatchEntryIdsNotDistinctException": ErrorShape("BatchEntryIdsNotDistinct", 400),
    "BatchRequestTooLongException": ErrorShape("BatchRequestTooLong", 400),
    "ConcurrentAccessException": ErrorShape("ConcurrentAccess", 400),
    "EmptyBatchRequestException": ErrorShape("EmptyBatchRequest", 400),
    "EndpointDisabledException": ErrorShape("EndpointDisabled", 400),
    "FilterPolicyLimitExceededException": ErrorShape("FilterPolicyLimitExceeded", 403),
    "InternalErrorException": ErrorShape("InternalError", 500),
    "InvalidBatchEntryIdException": ErrorShape("InvalidBatchEntryId", 400),
    "InvalidParameterException": ErrorShape("InvalidParameter", 400),
    "InvalidParameterValueException": ErrorShape("ParameterValueInvalid", 400),
    "InvalidSecurityException": ErrorShape("InvalidSecurity", 403),
    "InvalidStateException": ErrorShape("InvalidState", 400),
    "KMSAccessDeniedException": ErrorShape("KMSAccessDenied", 400),
    "KMSDisabledException": ErrorShape("KMSDisabled", 400),
    "KMSInvalidStateException": ErrorShape("KMSInvalidState", 400),
    "KMSNotFoundException": ErrorShape("KMSNotFound", 400),
    "KMSOptInRequired": ErrorShape("KMSOptInRequired", 403),
    "KMSThrottlingException": ErrorShape("KMSThrottling", 400),
    "NotFoundException": ErrorShape("NotFound", 404),
    "OptedOutException": ErrorShape("OptedOut", 400),
    "PlatformApplicationDisabledException": ErrorShape("PlatformApplicationDisabled", 400),
    "ReplayLimitExceededException": ErrorShape("ReplayLimitExceeded", 403),
    "ResourceNotFoundException": ErrorShape("ResourceNotFound", 404),
    "StaleTagException": ErrorShape("StaleTag", 400),
    "SubscriptionLimitExceededException": ErrorShape("SubscriptionLimitExceeded", 403),
    "TagLimitExceededException": ErrorShape("TagLimitExceeded", 400),
    "TagPolicyException": ErrorShape("TagPolicy", 400),
    "ThrottledException": ErrorShape("Throttled", 429),
    "TooManyEntriesInBatchRequestException": ErrorShape("TooManyEntriesInBatchRequest", 400),
    "TopicLimitExceededException": ErrorShape("TopicLimitExceeded", 403),
    "UserErrorException": ErrorShape("UserError", 400),
    "ValidationException": ErrorShape("ValidationError", 400),
    "VerificationException": ErrorShape("VerificationException", 400),
}

SERVICE = ServiceShape(
    name="sns",
    api_version="2010-03-31",
    target_prefix=None,
    json_version=None,
    xml_namespace="http://sns.amazonaws.com/doc/2010-03-31/",
    errors=ERRORS,
)

OPERATIONS: dict[str, OperationShape] = {
    "AddPermission": OperationShape(
        service=SERVICE,
        name="AddPermission",
        input=AddPermissionInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
        ),
    ),
    "CheckIfPhoneNumberIsOptedOut": OperationShape(
        service=SERVICE,
        name="CheckIfPhoneNumberIsOptedOut",
        input=CheckIfPhoneNumberIsOptedOutInput,
        output=CheckIfPhoneNumberIsOptedOutResponse,
        errors=(
            "ThrottledException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "InvalidParameterException",
        ),
    ),
    "ConfirmSubscription": OperationShape(
        service=SERVICE,
        name="ConfirmSubscription",
        input=ConfirmSubscriptionInput,
        output=ConfirmSubscriptionResponse,
        errors=(
            "SubscriptionLimitExceededException",
            "InvalidParameterException",
            "NotFoundException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "FilterPolicyLimitExceededException",
            "ReplayLimitExceededException",
        ),
    ),
    "CreatePlatformApplication": OperationShape(
        service=SERVICE,
        name="CreatePlatformApplication",
        input=CreatePlatformApplicationInput,
        output=CreatePlatformApplicationResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
        ),
    ),
    "CreatePlatformEndpoint": OperationShape(
        service=SERVICE,
        name="CreatePlatformEndpoint",
        input=CreatePlatformEndpointInput,
        output=CreateEndpointResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
        ),
    ),
    "CreateSMSSandboxPhoneNumber": OperationShape(
        service=SERVICE,
        name="CreateSMSSandboxPhoneNumber",
        input=CreateSMSSandboxPhoneNumberInput,
        output=CreateSMSSandboxPhoneNumberResult,
        errors=(
            "AuthorizationErrorException",
            "InternalErrorException",
            "InvalidParameterException",
            "OptedOutException",
            "UserErrorException",
            "ThrottledException",
        ),
    ),
    "CreateTopic": OperationShape(
        service=SERVICE,
        name="CreateTopic",
        input=CreateTopicInput,
        output=CreateTopicResponse,
        errors=(
            "InvalidParameterException",
            "TopicLimitExceededException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "InvalidSecurityException",
            "TagLimitExceededException",
            "StaleTagException",
            "TagPolicyException",
            "ConcurrentAccessException",
        ),
    ),
    "DeleteEndpoint": OperationShape(
        service=SERVICE,
        name="DeleteEndpoint",
        input=DeleteEndpointInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
        ),
    ),
    "DeletePlatformApplication": OperationShape(
        service=SERVICE,
        name="DeletePlatformApplication",
        input=DeletePlatformApplicationInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
        ),
    ),
    "DeleteSMSSandboxPhoneNumber": OperationShape(
        service=SERVICE,
        name="DeleteSMSSandboxPhoneNumber",
        input=DeleteSMSSandboxPhoneNumberInput,
        output=DeleteSMSSandboxPhoneNumberResult,
        errors=(
            "AuthorizationErrorException",
            "InternalErrorException",
            "InvalidParameterException",
            "ResourceNotFoundException",
            "UserErrorException",
            "ThrottledException",
        ),
    ),
    "DeleteTopic": OperationShape(
        service=SERVICE,
        name="DeleteTopic",
        input=DeleteTopicInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InvalidStateException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
            "StaleTagException",
            "TagPolicyException",
            "ConcurrentAccessException",
        ),
    ),
    "GetDataProtectionPolicy": OperationShape(
        service=SERVICE,
        name="GetDataProtectionPolicy",
        input=GetDataProtectionPolicyInput,
        output=GetDataProtectionPolicyResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "NotFoundException",
            "AuthorizationErrorException",
            "InvalidSecurityException",
        ),
    ),
    "GetEndpointAttributes": OperationShape(
        service=SERVICE,
        name="GetEndpointAttributes",
        input=GetEndpointAttributesInput,
        output=GetEndpointAttributesResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
        ),
    ),
    "GetPlatformApplicationAttributes": OperationShape(
        service=SERVICE,
        name="GetPlatformApplicationAttributes",
        input=GetPlatformApplicationAttributesInput,
        output=GetPlatformApplicationAttributesResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
        ),
    ),
    "GetSMSAttributes": OperationShape(
        service=SERVICE,
        name="GetSMSAttributes",
        input=GetSMSAttributesInput,
        output=GetSMSAttributesResponse,
        errors=(
            "ThrottledException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "InvalidParameterException",
        ),
    ),
    "GetSMSSandboxAccountStatus": OperationShape(
        service=SERVICE,
        name="GetSMSSandboxAccountStatus",
        input=GetSMSSandboxAccountStatusInput,
        output=GetSMSSandboxAccountStatusResult,
        errors=(
            "AuthorizationErrorException",
            "InternalErrorException",
            "ThrottledException",
        ),
    ),
    "GetSubscriptionAttributes": OperationShape(
        service=SERVICE,
        name="GetSubscriptionAttributes",
        input=GetSubscriptionAttributesInput,
        output=GetSubscriptionAttributesResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "NotFoundException",
            "AuthorizationErrorException",
        ),
    ),
    "GetTopicAttributes": OperationShape(
        service=SERVICE,
        name="GetTopicAttributes",
        input=GetTopicAttributesInput,
        output=GetTopicAttributesResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "NotFoundException",
            "AuthorizationErrorException",
            "InvalidSecurityException",
        ),
    ),
    "ListEndpointsByPlatformApplication": OperationShape(
        service=SERVICE,
        name="ListEndpointsByPlatformApplication",
        input=ListEndpointsByPlatformApplicationInput,
        output=ListEndpointsByPlatformApplicationResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
        ),
    ),
    "ListOriginationNumbers": OperationShape(
        service=SERVICE,
        name="ListOriginationNumbers",
        input=ListOriginationNumbersRequest,
        output=ListOriginationNumbersResult,
        errors=(
            "InternalErrorException",
            "AuthorizationErrorException",
            "ThrottledException",
            "InvalidParameterException",
            "ValidationException",
        ),
    ),
    "ListPhoneNumbersOptedOut": OperationShape(
        service=SERVICE,
        name="ListPhoneNumbersOptedOut",
        input=ListPhoneNumbersOptedOutInput,
        output=ListPhoneNumbersOptedOutResponse,
        errors=(
            "ThrottledException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "InvalidParameterException",
        ),
    ),
    "ListPlatformApplications": OperationShape(
        service=SERVICE,
        name="ListPlatformApplications",
        input=ListPlatformApplicationsInput,
        output=ListPlatformApplicationsResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
        ),
    ),
    "ListSMSSandboxPhoneNumbers": OperationShape(
        service=SERVICE,
        name="ListSMSSandboxPhoneNumbers",
        input=ListSMSSandboxPhoneNumbersInput,
        output=ListSMSSandboxPhoneNumbersResult,
        errors=(
            "AuthorizationErrorException",
            "InternalErrorException",
            "InvalidParameterException",
            "ResourceNotFoundException",
            "ThrottledException",
        ),
    ),
    "ListSubscriptions": OperationShape(
        service=SERVICE,
        name="ListSubscriptions",
        input=ListSubscriptionsInput,
        output=ListSubscriptionsResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
        ),
    ),
    "ListSubscriptionsByTopic": OperationShape(
        service=SERVICE,
        name="ListSubscriptionsByTopic",
        input=ListSubscriptionsByTopicInput,
        output=ListSubscriptionsByTopicResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "NotFoundException",
            "AuthorizationErrorException",
        ),
    ),
    "ListTagsForResource": OperationShape(
        service=SERVICE,
        name="ListTagsForResource",
        input=ListTagsForResourceRequest,
        output=ListTagsForResourceResponse,
        errors=(
            "ResourceNotFoundException",
            "TagPolicyException",
            "InvalidParameterException",
            "AuthorizationErrorException",
            "ConcurrentAccessException",
        ),
    ),
    "ListTopics": OperationShape(
        service=SERVICE,
        name="ListTopics",
        input=ListTopicsInput,
        output=ListTopicsResponse,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
        ),
    ),
    "OptInPhoneNumber": OperationShape(
        service=SERVICE,
        name="OptInPhoneNumber",
        input=OptInPhoneNumberInput,
        output=OptInPhoneNumberResponse,
        errors=(
            "ThrottledException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "InvalidParameterException",
        ),
    ),
    "Publish": OperationShape(
        service=SERVICE,
        name="Publish",
        input=PublishInput,
        output=PublishResponse,
        errors=(
            "InvalidParameterException",
            "InvalidParameterValueException",
            "InternalErrorException",
            "NotFoundException",
            "EndpointDisabledException",
            "PlatformApplicationDisabledException",
            "AuthorizationErrorException",
            "KMSDisabledException",
            "KMSInvalidStateException",
            "KMSNotFoundException",
            "KMSOptInRequired",
            "KMSThrottlingException",
            "KMSAccessDeniedException",
            "InvalidSecurityException",
            "ValidationException",
        ),
    ),
    "PublishBatch": OperationShape(
        service=SERVICE,
        name="PublishBatch",
        input=PublishBatchInput,
        output=PublishBatchResponse,
        errors=(
            "InvalidParameterException",
            "InvalidParameterValueException",
            "InternalErrorException",
            "NotFoundException",
            "EndpointDisabledException",
            "PlatformApplicationDisabledException",
            "AuthorizationErrorException",
            "BatchEntryIdsNotDistinctException",
            "BatchRequestTooLongException",
            "EmptyBatchRequestException",
            "InvalidBatchEntryIdException",
            "TooManyEntriesInBatchRequestException",
            "KMSDisabledException",
            "KMSInvalidStateException",
            "KMSNotFoundException",
            "KMSOptInRequired",
            "KMSThrottlingException",
            "KMSAccessDeniedException",
            "InvalidSecurityException",
            "ValidationException",
        ),
    ),
    "PutDataProtectionPolicy": OperationShape(
        service=SERVICE,
        name="PutDataProtectionPolicy",
        input=PutDataProtectionPolicyInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "NotFoundException",
            "AuthorizationErrorException",
            "InvalidSecurityException",
        ),
    ),
    "RemovePermission": OperationShape(
        service=SERVICE,
        name="RemovePermission",
        input=RemovePermissionInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
        ),
    ),
    "SetEndpointAttributes": OperationShape(
        service=SERVICE,
        name="SetEndpointAttributes",
        input=SetEndpointAttributesInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
        ),
    ),
    "SetPlatformApplicationAttributes": OperationShape(
        service=SERVICE,
        name="SetPlatformApplicationAttributes",
        input=SetPlatformApplicationAttributesInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
        ),
    ),
    "SetSMSAttributes": OperationShape(
        service=SERVICE,
        name="SetSMSAttributes",
        input=SetSMSAttributesInput,
        output=SetSMSAttributesResponse,
        errors=(
            "InvalidParameterException",
            "ThrottledException",
            "InternalErrorException",
            "AuthorizationErrorException",
        ),
    ),
    "SetSubscriptionAttributes": OperationShape(
        service=SERVICE,
        name="SetSubscriptionAttributes",
        input=SetSubscriptionAttributesInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "FilterPolicyLimitExceededException",
            "ReplayLimitExceededException",
            "InternalErrorException",
            "NotFoundException",
            "AuthorizationErrorException",
        ),
    ),
    "SetTopicAttributes": OperationShape(
        service=SERVICE,
        name="SetTopicAttributes",
        input=SetTopicAttributesInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "NotFoundException",
            "AuthorizationErrorException",
            "InvalidSecurityException",
        ),
    ),
    "Subscribe": OperationShape(
        service=SERVICE,
        name="Subscribe",
        input=SubscribeInput,
        output=SubscribeResponse,
        errors=(
            "SubscriptionLimitExceededException",
            "FilterPolicyLimitExceededException",
            "ReplayLimitExceededException",
            "InvalidParameterException",
            "InternalErrorException",
            "NotFoundException",
            "AuthorizationErrorException",
            "InvalidSecurityException",
        ),
    ),
    "TagResource": OperationShape(
        service=SERVICE,
        name="TagResource",
        input=TagResourceRequest,
        output=TagResourceResponse,
        errors=(
            "ResourceNotFoundException",
            "TagLimitExceededException",
            "StaleTagException",
            "TagPolicyException",
            "InvalidParameterException",
            "AuthorizationErrorException",
            "ConcurrentAccessException",
        ),
    ),
    "Unsubscribe": OperationShape(
        service=SERVICE,
        name="Unsubscribe",
        input=UnsubscribeInput,
        output=None,
        errors=(
            "InvalidParameterException",
            "InternalErrorException",
            "AuthorizationErrorException",
            "NotFoundException",
            "InvalidSecurityException",
        ),
    ),
    "UntagResource": OperationShape(
        service=SERVICE,
        name="UntagResource",
        input=UntagResourceRequest,
        output=UntagResourceResponse,
        errors=(
            "ResourceNotFoundException",
            "TagLimitExceededException",
            "StaleTagException",
            "TagPolicyException",
            "InvalidParameterException",
            "AuthorizationErrorException",
            "ConcurrentAccessException",
        ),
    ),
    "VerifySMSSandboxPhoneNumber": OperationShape(
        service=SERVICE,
        name="VerifySMSSandboxPhoneNumber",
        input=VerifySMSSandboxPhoneNumberInput,
        output=VerifySMSSandboxPhoneNumberResult,
        errors=(
            "AuthorizationErrorException",
            "InternalErrorException",
            "InvalidParameterException",
            "ResourceNotFoundException",
            "VerificationException",
            "ThrottledException",
        ),
    ),
}
