"""Which policies apply to a caller and a resource, as they stand in the catalog."""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from tidegate.auth.policy.evaluation import PolicySet, ResourceRule
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.rules import identity_rules, resource_rules
from tidegate.auth.policy.statements import CompiledPolicy, compile_policy
from tidegate.base.call import Principal
from tidegate.catalog import aws_managed
from tidegate.catalog.attachments import all_policies, boundary_policy, managed_policy
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import InstanceProfile, ManagedPolicy, OidcProvider, Role, User
from tidegate.catalog.keys import KmsKey, key_scope
from tidegate.catalog.named_principals import document_now
from tidegate.catalog.topic_policy import resource_policy
from tidegate.catalog.topics import Topic, topic_scope
from tidegate.runtime.definitions import Definitions

_IDENTITY: Final = identity_rules()
_RESOURCE: Final = resource_rules(needs_resource=False)
_NO_TAGS: Final[Mapping[str, str]] = {}

_log = logging.getLogger(__name__)


class Policies:
    """Policies and tags, by principal and ARN."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self.standing = definitions.standing
        """Its version differs whenever anything here may answer differently."""

    @property
    def entities(self) -> Entities:
        return self._definitions.entities

    def owner(self, resource: str) -> str | None:
        """The account that an ARN says; None for what is no ARN, and for what AWS has for everyone,
        such as its managed policies."""
        account = _parts(resource)[2]
        return None if account in ("", aws_managed.ACCOUNT) else account

    def about(self, principal: Principal, resource: str) -> PolicySet:
        """All policies that apply to what `principal` does to `resource`."""
        owner = self.owner(resource)
        document, rule = self._of_resource(resource)
        identity = self._identity_of(principal)
        sources = [] if identity is None else all_policies(self.entities, identity)
        boundary = None if identity is None else boundary_policy(self.entities, identity)
        return PolicySet(
            identity=tuple(_compile(source.name, source.document) for source in sources),
            boundary=None if boundary is None else _compile(boundary.name, boundary.document),
            session=self._of_session(principal),
            resource=None if document is None else _compile(resource, document, of_resource=True),
            resource_account=principal.account if owner is None else owner,
            rule=rule,
        )

    def tags(self, resource: str) -> Mapping[str, str]:
        """The tags of the resource; empty where there is no such one."""
        service, region, account, name = _parts(resource)
        if service == "sqs":
            queue = self._definitions.queue(resource)
            return _NO_TAGS if queue is None else queue.tags
        if service == "sns":
            topic = self.entities.find(Topic, topic_scope(account, region), name)
            return _NO_TAGS if topic is None else topic.tags
        kind, _, rest = name.partition("/")
        if service == "kms" and kind == "key":
            found = self.entities.find(KmsKey, key_scope(account, region), rest)
            return _NO_TAGS if found is None else found.tags
        if service == "iam" and kind in _TAGGED:
            key = rest if kind == "oidc-provider" else rest.rpartition("/")[2].lower()
            entity = self.entities.find(_TAGGED[kind], account, key)
            return _NO_TAGS if entity is None else entity.tags
        return _NO_TAGS

    def _of_resource(self, resource: str) -> tuple[str | None, ResourceRule]:
        service, region, account, name = _parts(resource)
        if service == "sqs":
            queue = self._definitions.queue(resource)
            if queue is None or queue.policy is None:
                return None, ResourceRule.STANDARD
            policy = document_now(self.entities, queue.policy, queue.policy_ids)
            return policy, ResourceRule.STANDARD
        if service == "sns":
            topic = self.entities.find(Topic, topic_scope(account, region), name)
            document = None if topic is None else resource_policy(self.entities, topic)
            return document, ResourceRule.STANDARD
        if service == "kms" and name.startswith("key/"):
            key = self.entities.find(KmsKey, key_scope(account, region), name[len("key/") :])
            if key is not None:
                policy = document_now(self.entities, key.policy, key.policy_ids)
                return policy, ResourceRule.KEY
        return None, ResourceRule.STANDARD

    def _identity_of(self, principal: Principal) -> User | Role | None:
        """Whose policies count; None for roots, services and nobody, who have none."""
        entities, account = self.entities, principal.account
        if principal.kind == "AssumedRole":
            return entities.find(Role, account, principal.name.lower())
        if principal.kind == "User":
            return entities.find(User, account, principal.name.lower())
        session = principal.session
        if principal.kind == "FederatedUser" and session is not None:
            issuer = (session.token_issuer or "").rpartition("/")[2]
            return entities.find(User, account, issuer.lower())
        return None

    def _of_session(self, principal: Principal) -> tuple[CompiledPolicy, ...] | None:
        session = principal.session
        if session is None or not (session.policies or session.policy_arns):
            # A federated user may do nothing without a policy of the session.
            return () if principal.kind == "FederatedUser" else None
        own = [_compile("session policy", text) for text in session.policies]
        managed = (managed_policy(self.entities, arn) for arn in session.policy_arns)
        return (*own, *(_compile(each.arn, each.document) for each in managed if each is not None))


_Tagged = User | Role | ManagedPolicy | InstanceProfile | OidcProvider
_TAGGED: Final[dict[str, type[_Tagged]]] = {
    "instance-profile": InstanceProfile,
    "oidc-provider": OidcProvider,
    "user": User,
    "role": Role,
    "policy": ManagedPolicy,
}


def _parts(arn: str) -> tuple[str, str, str, str]:
    """Service, region, account and the rest; empty where there is no ARN."""
    parts = arn.split(":", 5)
    return (parts[2], parts[3], parts[4], parts[5]) if len(parts) == 6 else ("", "", "", "")


@lru_cache(maxsize=4096)
def _compile(name: str, text: str, *, of_resource: bool = False) -> CompiledPolicy:
    try:
        return compile_policy(text, _RESOURCE if of_resource else _IDENTITY, name=name)
    except MalformedPolicy as error:
        # It was checked when it was set, perhaps by a version that checked less.
        _log.error("the policy %s cannot be read (%s) and allows nothing", name, error)
        return CompiledPolicy(name, ())
