"""Who may do what, by the policies that stand in a node's catalog."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from engine_harness import ACCOUNT, REGION, arn
from simulated_node import SimulatedNode
from tidegate.base.call import Operation, Principal, Session
from tidegate.base.refusals import AccessDeniedException, MissingAuthenticationToken
from tidegate.catalog.entity import Entity
from tidegate.catalog.identities import Group, InstanceProfile, OidcProvider, Role, User
from tidegate.engine.commands import ChangeEntities
from tidegate.gateway.authorization import Authorizer
from tidegate.gateway.policies import Policies
from tidegate.gateway.standing import StandingPolicies
from tidegate.http.messages import Request
from tidegate.runtime.definitions import Definitions

HOME = ACCOUNT
AWAY = "999999999999"
QUEUE = arn("q")
KEY = f"arn:aws:kms:{REGION}:{HOME}:key/k"
ROOT = Principal(account=HOME, arn=f"arn:aws:iam::{HOME}:root", access_key="test", user_id=HOME)
ANN = Principal(
    account=HOME,
    arn=f"arn:aws:iam::{HOME}:user/ann",
    access_key="AKIA1",
    user_id="AIDA1",
    kind="User",
    name="ann",
)
STRANGER = Principal(
    account=AWAY, arn=f"arn:aws:iam::{AWAY}:root", access_key="AKIA9", user_id=AWAY
)
NOBODY = Principal(account="", arn="", access_key="", user_id="anonymous", kind="Anonymous")
NOON = 1_795_521_600.0


class Connection:
    secure = False


class FakeExchange:
    """What the authorizer and the condition keys read of an exchange."""

    service = "sqs"

    def __init__(self, principal: Principal, resource: str, peer: str = "10.1.2.3") -> None:
        self.principal = principal
        self.resource = resource
        self.region = REGION
        self.connection = Connection()
        self.request = Request("POST", "/", "", {"user-agent": "ua/1"}, b"", True, 1, peer)


class Tagged(msgspec.Struct):
    tags: dict[str, str]


class Site:
    def __init__(self) -> None:
        self.node = SimulatedNode()
        self.node.create("q")
        self.policies = Policies(Definitions(self.node.node, lambda: 0))
        self.authorize = Authorizer(self.policies, lambda: NOON)

    def put(self, *entities: Entity) -> None:
        version = self.node.node.partition.state.entities.version
        self.node.run(ChangeEntities(version, list(entities), []))  # type: ignore[arg-type]

    def set_policy(self, *statements: dict[str, Any]) -> None:
        self.node.set("q", Policy=policy(*statements))

    def try_(
        self, principal: Principal, action: str = "sqs:SendMessage", shape: Any = None, **what: Any
    ) -> None:
        operation = Operation("Name", type(None), lambda *_: None, action, lambda *_: QUEUE)
        exchange = FakeExchange(principal, what.pop("resource", QUEUE), **what)
        self.authorize(exchange, operation, shape)  # type: ignore[arg-type]

    def may(self, principal: Principal, action: str = "sqs:SendMessage", **what: Any) -> bool:
        try:
            self.try_(principal, action, **what)
        except (AccessDeniedException, MissingAuthenticationToken):
            return False
        return True


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def user(**more: Any) -> User:
    return User(HOME, "ann", "/", "AIDA1", 1, **more)


@pytest.fixture
def site() -> Site:
    return Site()


class TestIdentities:
    def test_a_root_may_do_everything_at_home_and_nothing_elsewhere(self, site: Site) -> None:
        assert site.may(ROOT)
        assert site.may(ROOT, "sqs:ListQueues", resource="*")
        assert not site.may(STRANGER)

    def test_a_user_without_a_policy_may_do_nothing(self, site: Site) -> None:
        site.put(user())
        with pytest.raises(AccessDeniedException) as denied:
            site.try_(ANN)
        assert denied.value.message == (
            f"User: arn:aws:iam::{HOME}:user/ann is not authorized to perform: sqs:sendmessage on "
            f"resource: {QUEUE} because no identity-based policy allows the sqs:sendmessage action"
        )

    def test_a_policy_allows_from_the_moment_it_is_set_until_it_goes(self, site: Site) -> None:
        site.put(user())
        assert not site.may(ANN)
        site.put(user(inline={"p": policy(allow("sqs:Send*"))}))
        assert site.may(ANN)
        assert not site.may(ANN, "sqs:DeleteQueue")
        site.put(user())
        assert not site.may(ANN)

    def test_a_users_groups_count(self, site: Site) -> None:
        group = Group(HOME, "ops", "/", "AGPA1", 1, inline={"p": policy(allow("sqs:*"))})
        site.put(group, user(groups=("ops",)))
        assert site.may(ANN)

    def test_aws_managed_policies_count(self, site: Site) -> None:
        site.put(user(attached=("arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess",)))
        assert site.may(ANN, "sqs:GetQueueAttributes")
        assert not site.may(ANN)

    def test_a_boundary_bounds(self, site: Site) -> None:
        site.put(
            user(
                inline={"p": policy(allow("sqs:*"))},
                boundary="arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess",
            )
        )
        assert site.may(ANN, "sqs:GetQueueAttributes")
        assert not site.may(ANN)


class TestSessions:
    def session(self, **more: Any) -> Principal:
        return Principal(
            account=HOME,
            arn=f"arn:aws:sts::{HOME}:assumed-role/worker/s1",
            access_key=f"ASIA{len(more)}",
            user_id="AROA1:s1",
            kind="AssumedRole",
            name="worker",
            session=Session(1, 2, **more),
        )

    def role(self, **more: Any) -> Role:
        return Role(
            HOME, "worker", "/", "AROA1", 1, "{}", inline={"p": policy(allow("sqs:*"))}, **more
        )

    def test_a_role_has_its_policies(self, site: Site) -> None:
        site.put(self.role())
        assert site.may(self.session())

    def test_a_session_policy_bounds_it(self, site: Site) -> None:
        site.put(self.role())
        session = self.session(policies=(policy(allow("sqs:ReceiveMessage")),))
        assert site.may(session, "sqs:ReceiveMessage")
        assert not site.may(session)

    def test_a_managed_session_policy_bounds_it(self, site: Site) -> None:
        site.put(self.role())
        arn = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
        session = self.session(policy_arns=(arn,), tags={"a": "b"})
        assert site.may(session, "sqs:GetQueueAttributes")
        assert not site.may(session)

    def is_let_in_by_a_grant(self, site: Site, session: Principal) -> bool:
        operation = Operation(
            "Name", type(None), lambda *_: None, "kms:X", lambda *_: "", grants=lambda *_: True
        )
        standing = StandingPolicies(site.policies, site.authorize, lambda: NOON)
        try:
            site.authorize(FakeExchange(session, KEY), operation, None)  # type: ignore[arg-type]
        except AccessDeniedException:
            with pytest.raises(AccessDeniedException):
                standing.require(session, "kms:X", KEY, {}, lambda: True, None)
            return False
        standing.require(session, "kms:X", KEY, {}, lambda: True, None)
        return True

    def test_a_grant_to_a_role_is_bounded_by_the_sessions_policies(self, site: Site) -> None:
        site.put(self.role())
        assert self.is_let_in_by_a_grant(site, self.session())
        within = self.session(policies=(policy(allow("kms:*")),))
        assert self.is_let_in_by_a_grant(site, within)
        conditional = allow("kms:*", Condition={"Bool": {"aws:SecureTransport": "true"}})
        for key, statement in (("ASIA8", allow("sqs:*")), ("ASIA9", conditional)):
            outside = self.session(policies=(policy(statement),))
            outside = msgspec.structs.replace(outside, access_key=key)
            assert not self.is_let_in_by_a_grant(site, outside)

    def test_a_grant_to_a_role_is_bounded_by_the_roles_boundary(self, site: Site) -> None:
        site.put(self.role(boundary="arn:aws:iam::aws:policy/AmazonSQSFullAccess"))
        assert not self.is_let_in_by_a_grant(site, self.session())
        assert site.may(self.session())

    def test_a_federated_user_without_a_policy_may_do_nothing(self, site: Site) -> None:
        site.put(user(inline={"p": policy(allow("sqs:*"))}))
        federated = Principal(
            account=HOME,
            arn=f"arn:aws:sts::{HOME}:federated-user/f",
            access_key="ASIAF",
            user_id=f"{HOME}:f",
            kind="FederatedUser",
            name="f",
            session=Session(1, 2, token_issuer=f"arn:aws:iam::{HOME}:user/ann"),
        )
        assert not site.may(federated)


class TestQueuePolicies:
    def test_another_account_is_let_in_by_the_queue(self, site: Site) -> None:
        assert not site.may(STRANGER)
        site.set_policy(allow("sqs:SendMessage", Principal={"AWS": AWAY}))
        assert site.may(STRANGER)
        assert not site.may(STRANGER, "sqs:ReceiveMessage")

    def test_a_user_is_named_for_good(self, site: Site) -> None:
        """User guide, "AWS JSON policy elements: Principal"."""
        named, namesake = "AIDA111111111111", "AIDA222222222222"
        site.put(User(HOME, "ann", "/", named, 1))
        site.set_policy(allow("sqs:SendMessage", Principal={"AWS": ANN.arn}))
        assert site.may(msgspec.structs.replace(ANN, user_id=named))
        site.put(User(HOME, "ann", "/", namesake, 1))
        assert not site.may(msgspec.structs.replace(ANN, user_id=namesake))

    def test_a_denial_reads_less_to_strangers(self, site: Site) -> None:
        with pytest.raises(AccessDeniedException) as denied:
            site.try_(STRANGER)
        assert denied.value.message.endswith(f"on resource: {QUEUE}")

    def test_an_explicit_deny_holds_for_the_root_as_well(self, site: Site) -> None:
        site.set_policy(allow("sqs:SendMessage", Principal="*") | {"Effect": "Deny"})
        with pytest.raises(AccessDeniedException, match="explicit deny in a resource-based policy"):
            site.try_(ROOT)

    def test_nobody_in_particular_is_let_in_by_a_policy_for_everyone(self, site: Site) -> None:
        with pytest.raises(MissingAuthenticationToken):
            site.try_(NOBODY)
        site.set_policy(allow("sqs:SendMessage", Principal="*"))
        site.try_(NOBODY)

    @pytest.mark.parametrize(
        ("condition", "peer", "allowed"),
        [
            ({"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, "10.1.2.3", True),
            ({"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, "10.2.2.3", False),
            ({"Bool": {"aws:SecureTransport": "true"}}, "10.1.2.3", False),
            ({"Bool": {"aws:SecureTransport": "false"}}, "10.1.2.3", True),
            ({"StringLike": {"aws:UserAgent": "ua/*"}}, "10.1.2.3", True),
            ({"StringEquals": {"aws:RequestedRegion": REGION}}, "10.1.2.3", True),
            ({"DateLessThan": {"aws:CurrentTime": "2026-11-25T00:00:00Z"}}, "10.1.2.3", True),
            ({"DateLessThan": {"aws:CurrentTime": "2026-11-24T00:00:00Z"}}, "10.1.2.3", False),
            ({"NumericGreaterThan": {"aws:EpochTime": "1795521599"}}, "10.1.2.3", True),
            ({"StringEquals": {"aws:ResourceTag/team": "blue"}}, "10.1.2.3", True),
            ({"StringEquals": {"aws:ResourceTag/team": "red"}}, "10.1.2.3", False),
            ({"StringEquals": {"aws:ResourceAccount": HOME}}, "10.1.2.3", True),
            ({"Null": {"aws:Referer": "true"}}, "10.1.2.3", True),
            ({"StringEquals": {"aws:PrincipalAccount": AWAY}}, "10.1.2.3", True),
        ],
    )
    def test_conditions(
        self, site: Site, condition: dict[str, Any], peer: str, allowed: bool
    ) -> None:
        site.node.tag("q", team="blue")
        site.set_policy(allow("sqs:*", Principal={"AWS": AWAY}, Condition=condition))
        assert site.may(STRANGER, peer=peer) is allowed

    def test_the_tags_of_a_request_can_be_asked_for(self, site: Site) -> None:
        condition = {
            "StringEquals": {"aws:RequestTag/team": "blue"},
            "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
        }
        site.set_policy(allow("sqs:*", Principal={"AWS": AWAY}, Condition=condition))
        assert site.may(STRANGER, shape=Tagged({"team": "blue"}))
        assert not site.may(STRANGER, shape=Tagged({"team": "red"}))
        assert not site.may(STRANGER, shape=Tagged({"team": "blue", "more": "x"}))

    def test_policies_see_the_beginning_of_a_long_header(self, site: Site) -> None:
        condition = {"StringEquals": {"aws:UserAgent": "u" * 1024}}
        site.set_policy(allow("sqs:*", Principal={"AWS": AWAY}, Condition=condition))
        exchange = FakeExchange(STRANGER, QUEUE)
        exchange.request.headers["user-agent"] = "u" * 60_000
        operation = Operation("Name", type(None), lambda *_: None, "sqs:X", lambda *_: QUEUE)
        site.authorize(exchange, operation, None)  # type: ignore[arg-type]

    @pytest.mark.parametrize("key", ["aws:RequestTag/team", "aws:ResourceTag/team"])
    def test_of_two_tags_that_differ_in_case_alone_none_counts(self, site: Site, key: str) -> None:
        condition = {"StringEquals": {key: ["blue", "red"]}}
        site.set_policy(allow("sqs:*", Principal={"AWS": AWAY}, Condition=condition))
        site.node.tag("q", Team="blue")
        assert site.may(STRANGER, shape=Tagged({"Team": "blue"}))
        site.node.tag("q", team="red")
        assert not site.may(STRANGER, shape=Tagged({"Team": "blue", "team": "red"}))


def test_what_is_granted_beside_policies_counts_but_not_against_a_deny(site: Site) -> None:
    def try_(granted: bool) -> None:
        operation = Operation(
            "Name", type(None), lambda *_: None, "sqs:X", lambda *_: "", grants=lambda *_: granted
        )
        site.authorize(FakeExchange(STRANGER, QUEUE), operation, None)  # type: ignore[arg-type]

    try_(True)
    with pytest.raises(AccessDeniedException):
        try_(False)
    site.set_policy(allow("sqs:*", Principal="*") | {"Effect": "Deny"})
    with pytest.raises(AccessDeniedException):
        try_(True)


def test_what_decides_itself_is_not_decided_here(site: Site) -> None:
    operation = Operation(
        "Name", type(None), lambda *_: None, "sts:X", lambda *_: "", decides_itself=True
    )
    site.authorize(FakeExchange(STRANGER, QUEUE), operation, None)  # type: ignore[arg-type]


def test_what_is_for_owners_only_no_policy_gives_to_strangers(site: Site) -> None:
    site.set_policy(allow("sqs:*", Principal="*"))
    operation = Operation(
        "Name", type(None), lambda *_: None, "sqs:DeleteQueue", lambda *_: "", owners_only=True
    )
    site.authorize(FakeExchange(ROOT, QUEUE), operation, None)  # type: ignore[arg-type]
    for other in (STRANGER, NOBODY):
        with pytest.raises((AccessDeniedException, MissingAuthenticationToken)):
            site.authorize(FakeExchange(other, QUEUE), operation, None)  # type: ignore[arg-type]


def test_what_aws_has_for_everyone_is_at_home_everywhere(site: Site) -> None:
    arn = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
    assert site.may(STRANGER, "iam:GetPolicy", resource=arn)
    site.put(user())
    assert not site.may(ANN, "iam:GetPolicy", resource=arn)


@pytest.mark.parametrize(
    "entity",
    [
        user(tags={"Team": "blue"}),
        Role(HOME, "worker", "/a/", "AROA1", 1, "{}", tags={"team": "blue"}),
        InstanceProfile(HOME, "host", "/", "AIPA1", 1, tags={"team": "blue"}),
        OidcProvider(HOME, "id.example.com/Tenant", 1, tags={"team": "blue"}),
    ],
    ids=lambda each: type(each).__name__,
)
def test_tags_of_entities_are_conditions(site: Site, entity: Any) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    site.put(
        entity,
        User(
            HOME, "bob", "/", "AIDA2", 1, inline={"p": policy(allow("iam:*", Condition=condition))}
        ),
    )
    bob = msgspec.structs.replace(ANN, name="bob", access_key="AKIA2")
    assert site.may(bob, "iam:Tag", resource=entity.arn)
    assert not site.may(bob, "iam:Tag", resource=entity.arn + "x")


def test_a_key_id_that_two_sessions_share_stands_for_neither(site: Site) -> None:
    """Ids of temporary keys have few random bits, so they may meet."""
    site.put(user(inline={"p": policy(allow("sqs:*"))}))
    assert site.may(ANN)
    assert not site.may(msgspec.structs.replace(ANN, name="bob", user_id="AIDA2"))


def test_sessions_of_users_are_kept_from_some_operations(site: Site) -> None:
    site.put(user(inline={"p": policy(allow("iam:*"))}))
    operation = Operation(
        "Name", type(None), lambda *_: None, "iam:X", lambda *_: "", for_sessions_of_users=False
    )
    session = msgspec.structs.replace(ANN, access_key="ASIA1", session=Session(1, 2))
    site.authorize(FakeExchange(ANN, "*"), operation, None)  # type: ignore[arg-type]
    with pytest.raises(AccessDeniedException):
        site.authorize(FakeExchange(session, "*"), operation, None)  # type: ignore[arg-type]
