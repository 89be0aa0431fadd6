"""The policies of a simulation: given with the request, or those that somebody has."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from tidegate.api.iam import PolicyIdentifier
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.rules import Rules, resource_rules
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy
from tidegate.auth.policy.wildcard import wildcard
from tidegate.base.refusals import InvalidInputException
from tidegate.catalog.attachments import Source
from tidegate.services.iam.documents import IDENTITY
from tidegate.services.iam.statement_positions import Span, statement_spans

RESOURCE: Final = resource_rules(needs_resource=False)

_EXCLUDED_ARN: Final = re.compile(r"arn:aws:iam::(?:\d{12}|aws):policy/[^*]*(?:\*[^*]*)?")


class Simulated(msgspec.Struct, frozen=True):
    """A policy of a simulation."""

    compiled: CompiledPolicy
    document: str
    spans: list[Span]
    kind: str
    """What answers call its type."""

    @property
    def id(self) -> str:
        return self.compiled.name


def given(
    documents: Iterable[str] | None, list_name: str, rules: Rules = IDENTITY
) -> list[Simulated]:
    """The documents of a member of the request.  Raises InvalidInputException."""
    return [
        simulated(document, f"{list_name}.{number}", rules)
        for number, document in enumerate(documents or (), 1)
    ]


def of_source(source: Source) -> Simulated:
    """A policy that somebody has."""
    name = source.name.rpartition("/")[2]
    if source.kind == "inline":
        kind, _, owner = source.owner.rpartition(":")[2].partition("/")
        name = f"{kind}_{owner.rpartition('/')[2]}_{source.name}"
    return simulated(source.document, name)


def simulated(document: str, id_: str, rules: Rules = IDENTITY) -> Simulated:
    try:
        compiled = compile_policy(document, rules, name=id_)
    except MalformedPolicy as error:
        raise InvalidInputException(f"{id_} is not a valid policy: {error.text}") from None
    kind = "Resource Policy" if rules.kind == "resource" else "IAM Policy"
    return Simulated(compiled, document, statement_spans(document), kind)


# --- Exclusions ----------------------------------------------------------------------------------


def check_exclusions(exclusions: Sequence[PolicyIdentifier]) -> None:
    """Raises InvalidInputException for one that names nothing, or has wildcards out of place."""
    for each in exclusions:
        named = (each.PolicyType, each.PolicyArn, each.InlinePolicyIdentifier)
        if sum(name is not None for name in named) != 1:
            raise InvalidInputException(
                "Each entry of PolicyExclusionList must identify policies in exactly one way."
            )
        if each.PolicyArn is not None and _EXCLUDED_ARN.fullmatch(each.PolicyArn) is None:
            raise InvalidInputException(f"ARN {each.PolicyArn} is not valid.")


def left(sources: Iterable[Source], exclusions: Sequence[PolicyIdentifier]) -> list[Source]:
    """The policies that no entry excludes."""
    return [
        source
        for source in sources
        if not any(_excludes(exclusion, source) for exclusion in exclusions)
    ]


def excludes_boundary(exclusions: Sequence[PolicyIdentifier]) -> bool:
    return any(exclusion.PolicyType == "permission-boundary" for exclusion in exclusions)


def _excludes(exclusion: PolicyIdentifier, source: Source) -> bool:
    if exclusion.PolicyType is not None:
        return exclusion.PolicyType == source.kind
    if exclusion.PolicyArn is not None:
        return source.kind != "inline" and wildcard(exclusion.PolicyArn).matches(source.name)
    inline = exclusion.InlinePolicyIdentifier
    assert inline is not None
    kind, _, owner = source.owner.rpartition(":")[2].partition("/")
    return (
        source.kind == "inline"
        and source.name == inline.PolicyName
        and kind == inline.AttachmentType
        and wildcard(inline.AttachmentName).matches(owner.rpartition("/")[2])
    )
