"""The SMS sandbox: an account in it may send to phones only that showed that they want it.

Source: SNS developer guide, "Using the Amazon SNS SMS sandbox".
"""

from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from typing import Final

import msgspec

from tidegate.api import sns
from tidegate.base import sns_limits as limits
from tidegate.base.call import Call
from tidegate.base.refusals import (
    OptedOutException,
    ResourceNotFoundException,
    UserErrorException,
    VerificationException,
)
from tidegate.catalog.entities import Changes, Entities
from tidegate.catalog.entity import name_of
from tidegate.catalog.sms import OptedOutNumber, SandboxNumber
from tidegate.catalog.topics import topic_scope
from tidegate.runtime.definitions import Decision, Definitions
from tidegate.services.sns.pages import page_of
from tidegate.services.sns.phone_numbers import read_number
from tidegate.services.sns.ports import Outward

_MOST_TRIES: Final = 5
"""Of one one-time password, which has six digits."""


class SmsOptions(msgspec.Struct, frozen=True):
    """How SMS is set up here."""

    in_sandbox: bool = False
    """Whether accounts may send to verified numbers only."""
    origination_numbers: tuple[str, ...] = ()
    """The numbers from which messages are sent, in the form of E.164."""


def may_send(options: SmsOptions, entities: Entities, account_region: str, number: str) -> bool:
    """Whether an account may send to a phone, whose number has the plus sign and digits alone: in
    the sandbox to those that are verified, outside of it to all."""
    if not options.in_sandbox:
        return True
    found = entities.find(SandboxNumber, account_region, number)
    return found is not None and found.status == "Verified"


class SmsSandbox:
    def __init__(
        self,
        definitions: Definitions,
        options: SmsOptions,
        random_bytes: Callable[[int], bytes],
        outward: Outward,
    ) -> None:
        self._definitions = definitions
        self._options = options
        self._random_bytes = random_bytes
        self._outward = outward

    def status(self, call: Call, request: sns.GetSMSSandboxAccountStatusInput) -> None:
        answer = sns.GetSMSSandboxAccountStatusResult(IsInSandbox=self._options.in_sandbox)
        self._definitions.tell(call, answer)

    def origination_numbers(self, call: Call, request: sns.ListOriginationNumbersRequest) -> None:
        numbers = self._options.origination_numbers
        page = page_of(numbers, str, request.NextToken, request.MaxResults or 30)
        shown = [
            sns.PhoneNumberInformation(
                PhoneNumber=number,
                Status="ACTIVE",
                RouteType="Transactional",
                NumberCapabilities=["SMS"],
            )
            for number in page.results
        ]
        answer = sns.ListOriginationNumbersResult(PhoneNumbers=shown, NextToken=page.next_token)
        self._definitions.tell(call, answer)

    def create(self, call: Call, request: sns.CreateSMSSandboxPhoneNumberInput) -> None:
        """A number that waits for its one-time password gets another one."""
        number, scope = read_number(request.PhoneNumber), _scope(call)
        password = self._password()

        def decide(entities: Entities, now: int) -> Decision:
            _check_new(entities, scope, number)
            added = SandboxNumber(
                scope,
                number,
                password_digest=_digest(scope, number, password),
                password_expires_at=now + limits.ONE_TIME_PASSWORD_MS,
            )
            return Decision(Changes(puts=(added,)), sns.CreateSMSSandboxPhoneNumberResult())

        self._definitions.change(call, decide)
        self._outward.send_password(call.principal.account, call.region, number, password)

    def _password(self) -> str:
        return f"{int.from_bytes(self._random_bytes(8), 'big') % 1_000_000:06d}"

    def verify(self, call: Call, request: sns.VerifySMSSandboxPhoneNumberInput) -> None:
        scope = _scope(call)
        found = self._found(scope, request.PhoneNumber)
        now = self._definitions.now_ms()
        if found.status == "Verified":
            self._definitions.tell(call, sns.VerifySMSSandboxPhoneNumberResult())
            return
        if now >= found.password_expires_at or found.tries >= _MOST_TRIES:
            raise VerificationException("The one-time password has expired")
        digest = _digest(scope, found.number, request.OneTimePassword)
        if not compare_digest(digest, found.password_digest):
            tried = msgspec.structs.replace(found, tries=found.tries + 1)
            self._definitions.note(Changes(puts=(tried,)))
            raise VerificationException("The one-time password is incorrect")
        verified = SandboxNumber(scope, found.number, "Verified", verified_at=now)
        answer = sns.VerifySMSSandboxPhoneNumberResult()
        self._definitions.change(
            call, lambda entities, now: Decision(Changes(puts=(verified,)), answer)
        )

    def delete(self, call: Call, request: sns.DeleteSMSSandboxPhoneNumberInput) -> None:
        found = self._found(_scope(call), request.PhoneNumber)

        def decide(entities: Entities, now: int) -> Decision:
            at = found.verified_at
            if at is not None and now < at + limits.SANDBOX_KEPT_MS:
                raise UserErrorException(
                    "A verified phone number can be deleted 24 hours after it was verified"
                )
            answer = sns.DeleteSMSSandboxPhoneNumberResult()
            return Decision(Changes(removed=(name_of(found),)), answer)

        self._definitions.change(call, decide)

    def list(self, call: Call, request: sns.ListSMSSandboxPhoneNumbersInput) -> None:
        numbers = self._definitions.entities.all_of(SandboxNumber, _scope(call))
        page = page_of(numbers, str, request.NextToken, request.MaxResults)
        shown = [
            sns.SMSSandboxPhoneNumber(PhoneNumber=number, Status=numbers[number].status)
            for number in page.results
        ]
        answer = sns.ListSMSSandboxPhoneNumbersResult(PhoneNumbers=shown, NextToken=page.next_token)
        self._definitions.tell(call, answer)

    def _found(self, scope: str, text: str) -> SandboxNumber:
        found = self._definitions.entities.find(SandboxNumber, scope, read_number(text))
        if found is None:
            raise ResourceNotFoundException("The phone number is not in the SMS sandbox")
        return found


def _check_new(entities: Entities, scope: str, number: str) -> None:
    out = entities.find(OptedOutNumber, scope, number)
    if out is not None and out.opted_out:
        raise OptedOutException("The phone number has opted out of SMS messages")
    standing = entities.all_of(SandboxNumber, scope)
    found = standing.get(number)
    if found is not None and found.status == "Verified":
        raise UserErrorException("The phone number is already verified")
    if found is None and len(standing) >= limits.SANDBOX_NUMBERS:
        raise UserErrorException(
            f"The SMS sandbox holds at most {limits.SANDBOX_NUMBERS} phone numbers"
        )


def _digest(scope: str, number: str, password: str) -> bytes:
    return sha256(f"{scope} {number} {password}".encode()).digest()


def _scope(call: Call) -> str:
    return topic_scope(call.principal.account, call.region)
