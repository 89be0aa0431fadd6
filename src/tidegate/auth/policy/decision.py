"""A decision, why it fell, and how a client reads a denial."""

from typing import Final, Literal

import msgspec

from tidegate.auth.policy.caller import Caller

PolicyType = Literal[
    "identity-based policy",
    "resource-based policy",
    "role trust policy",
    "permissions boundary",
    "session policy",
]

Verdict = Literal["allowed", "explicitDeny", "implicitDeny"]

_ARTICLES: Final = {
    "identity-based policy": "an",
    "role trust policy": "the",
}
_VENDORS: Final = {"sns": "SNS"}


class Matched(msgspec.Struct, frozen=True):
    """A statement that applies to the request."""

    policy_type: PolicyType
    policy: str
    """The name that the policy was compiled with."""
    index: int
    """The statement's place in the document, from 0."""
    sid: str
    allows: bool


class Decision(msgspec.Struct, frozen=True):
    allowed: bool
    verdict: Verdict
    policy_type: PolicyType | None
    """Which policy allowed or denied, or which had to allow and does not; None where the root needs
    no policy."""
    matched: tuple[Matched, ...] = ()
    """The statements that apply, as far as they bear on the decision; `explain` has all."""
    lacking: tuple[PolicyType, ...] = ()
    """All types of policies that had to allow and do not.  Between accounts the resource-based
    policy is the one side, the others are the caller's."""
    cross_account: bool = False
    missing: tuple[str, ...] = ()
    """Context keys that the policies ask for and the request has not, in lower case and in order;
    from `explain` only."""


def denial_text(caller: Caller, action: str, resource: str, decision: Decision, owner: str) -> str:
    """What a client reads of a denial (user guide, "Troubleshoot access denied error messages").

    Which type of policy denies is told to principals of the resource's owner only.  SQS writes the
    action in lower case, and SNS writes its own name in capitals.
    """
    vendor, _, name = action.partition(":")
    shown = action.lower() if vendor == "sqs" else f"{_VENDORS.get(vendor, vendor)}:{name}"
    who = caller.arn or "anonymous"
    text = f"User: {who} is not authorized to perform: {shown} on resource: {resource}"
    kind = decision.policy_type
    if kind is None or caller.account != owner:
        return text
    if decision.verdict == "explicitDeny":
        return f"{text} with an explicit deny in {_ARTICLES.get(kind, 'a')} {kind}"
    return f"{text} because no {kind} allows the {shown} action"
