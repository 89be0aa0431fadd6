"""`userIdentity` of a record in the audit trail: who called, as CloudTrail says it.

Source: CloudTrail user guide, "CloudTrail userIdentity element".
"""

import re
import time
from typing import Any, Final

from tidegate.base.call import Principal, Session

_CLAIMED: Final = re.compile(r"Credential=((?:AKIA|ASIA)[A-Z0-9]{16})(?:/|%2[Ff])").search


def claimed_key(authorization: str, query: str) -> str | None:
    """The access key that an unproven signature names: of the form that keys have, so that a secret
    in its place is not taken for one."""
    found = _CLAIMED(authorization) or _CLAIMED(query)
    return found.group(1) if found else None


def user_identity(principal: Principal, claimed: str | None) -> dict[str, Any]:
    """The element for a principal; `claimed` is the key that one named who proved nothing."""
    kind = principal.kind
    if kind == "Service":
        return {"type": "AWSService", "invokedBy": principal.name or principal.arn}
    if kind == "Anonymous":
        return {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
    if not principal.account:
        unknown: dict[str, Any] = {"type": "Unknown"}
        if claimed is not None:
            unknown["accessKeyId"] = claimed
        return unknown
    identity: dict[str, Any] = {
        "type": "IAMUser" if kind == "User" else kind,
        "principalId": principal.user_id,
        "arn": principal.arn,
        "accountId": principal.account,
        "accessKeyId": principal.access_key,
    }
    if kind == "User":
        identity["userName"] = principal.name
    if principal.session is not None:
        identity["sessionContext"] = _session_context(principal, principal.session)
    return identity


def web_identity(provider: str, audience: str, subject: str) -> dict[str, Any]:
    """The element for who proved to be somebody by a token of an identity provider."""
    return {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:{audience}:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }


def _session_context(principal: Principal, session: Session) -> dict[str, Any]:
    context: dict[str, Any] = {}
    issuer = _issuer(principal, session)
    if issuer:
        context["sessionIssuer"] = issuer
    if session.federated_provider is not None:
        context["webIdFederationData"] = {
            "federatedProvider": session.federated_provider,
            "attributes": {},
        }
    if session.source_identity is not None:
        context["sourceIdentity"] = session.source_identity
    context["attributes"] = {
        "creationDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(session.issued_at)),
        "mfaAuthenticated": "false",
    }
    return context


def _issuer(principal: Principal, session: Session) -> dict[str, Any]:
    """Whose credentials the session's were made of.  The principal has no path of its role."""
    if principal.kind == "AssumedRole":
        return {
            "type": "Role",
            "principalId": principal.user_id.partition(":")[0],
            "arn": f"arn:aws:iam::{principal.account}:role/{principal.name}",
            "accountId": principal.account,
            "userName": principal.name,
        }
    issuer = session.token_issuer
    if principal.kind != "FederatedUser" or issuer is None:
        return {}
    if issuer.endswith(":root"):
        return {"type": "Root", "arn": issuer, "accountId": principal.account}
    return {
        "type": "IAMUser",
        "arn": issuer,
        "accountId": principal.account,
        "userName": issuer.rpartition("/")[2],
    }
