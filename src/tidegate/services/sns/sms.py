"""SMS: an account's settings in a region, and who wants no messages."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from tidegate.api import sns
from tidegate.base import sns_limits as limits
from tidegate.base.arn import is_role_arn
from tidegate.base.call import Call
from tidegate.base.refusals import (
    InvalidParameterException,
    invalid_parameter,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.sms import OptedOutNumber, SmsSettings
from tidegate.catalog.topics import topic_scope
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.pages import page_of
from tidegate.services.sns.phone_numbers import read_number

_SENDER_ID: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]+")
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")


def _is_sender_id(value: str) -> bool:
    is_short = len(value) <= limits.SENDER_ID_CHARACTERS
    return is_short and _SENDER_ID.fullmatch(value) is not None


def _is_rate(value: str) -> bool:
    low, high = limits.SAMPLE_RATE
    return value.isascii() and value.isdigit() and len(value) <= 3 and low <= int(value) <= high


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "DefaultSMSType": lambda value: value in ("Promotional", "Transactional"),
    "DefaultSenderID": _is_sender_id,
    "DeliveryStatusIAMRole": is_role_arn,
    "DeliveryStatusSuccessSamplingRate": _is_rate,
    "MonthlySpendLimit": lambda value: _AMOUNT.fullmatch(value) is not None,
}
_BUCKET: Final = "UsageReportS3Bucket"


class Sms:
    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    def get_attributes(self, call: Call, request: sns.GetSMSAttributesInput) -> None:
        """Those that are set, of those that are asked for."""
        found = self._settings(call).attributes
        wanted = request.attributes or found
        shown = {name: found[name] for name in wanted if name in found}
        self._definitions.tell(call, sns.GetSMSAttributesResponse(attributes=shown))

    def set_attributes(self, call: Call, request: sns.SetSMSAttributesInput) -> None:
        """An empty text takes an attribute away."""
        _check_attributes(request.attributes)

        def decide(entities: Entities, now: int) -> Decision:
            settings = self._settings(call)
            together = {**settings.attributes, **request.attributes}
            kept = {name: value for name, value in together.items() if value}
            changed = msgspec.structs.replace(settings, attributes=kept)
            return Decision(Changes(puts=(changed,)), sns.SetSMSAttributesResponse())

        self._definitions.change(call, decide)

    def _settings(self, call: Call) -> SmsSettings:
        scope = _scope(call)
        return self._definitions.entities.find(SmsSettings, scope, "") or SmsSettings(scope)

    # --- Opting out ------------------------------------------------------------------------------

    def check_opted_out(self, call: Call, request: sns.CheckIfPhoneNumberIsOptedOutInput) -> None:
        number = read_number(request.phoneNumber)
        found = self._definitions.entities.find(OptedOutNumber, _scope(call), number)
        answer = sns.CheckIfPhoneNumberIsOptedOutResponse(
            isOptedOut=found is not None and found.opted_out
        )
        self._definitions.tell(call, answer)

    def list_opted_out(self, call: Call, request: sns.ListPhoneNumbersOptedOutInput) -> None:
        numbers = self._definitions.entities.all_of(OptedOutNumber, _scope(call)).values()
        out = (each.number for each in numbers if each.opted_out)
        page = page_of(out, str, request.nextToken)
        answer = sns.ListPhoneNumbersOptedOutResponse(
            phoneNumbers=page.results, nextToken=page.next_token
        )
        self._definitions.tell(call, answer)

    def opt_in(self, call: Call, request: sns.OptInPhoneNumberInput) -> None:
        """A number that has not opted out is opted in already."""
        number = read_number(request.phoneNumber)

        def decide(entities: Entities, now: int) -> Decision:
            answer = sns.OptInPhoneNumberResponse()
            found = entities.find(OptedOutNumber, _scope(call), number)
            if found is None or not found.opted_out:
                return Decision(Changes(), answer)
            last = found.opted_in_at
            if last is not None and now < last + limits.OPT_IN_INTERVAL_MS:
                raise invalid_parameter(
                    "PhoneNumber Reason: a phone number can be opted in only once every 30 days"
                )
            changed = msgspec.structs.replace(found, opted_out=False, opted_in_at=now)
            return Decision(Changes(puts=(changed,)), answer)

        self._definitions.change(call, decide)


def _check_attributes(attributes: Mapping[str, str]) -> None:
    for name, value in attributes.items():
        if name not in _CHECKS and name != _BUCKET:
            raise InvalidParameterException(f"{name} is not a valid attribute")
        if not value:
            continue
        if name == _BUCKET:
            # Usage reports go to S3, of which there is nothing here.
            raise invalid_parameter(f"{_BUCKET} Reason: The bucket you provided does not exist")
        if not _CHECKS[name](value):
            raise InvalidParameterException(f"{name} is invalid")


def _scope(call: Call) -> str:
    return topic_scope(call.principal.account, call.region)
