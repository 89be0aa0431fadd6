"""AssumeRoleWithWebIdentity: tokens of an OpenID Connect issuer, verified by its own keys."""

import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from sdk.access.expect import denied
from sdk.access.oidc_issuer import AUDIENCE, Issuer
from sdk.access.principals import HOME, allow, policy, trust
from sdk.refusals import refused

INVALID = ("InvalidIdentityToken", "IDPRejectedClaim")


@pytest.fixture(scope="module")
def issuer():
    made = Issuer()
    yield made
    made.close()


@pytest.fixture(scope="module")
def provider(home, issuer):
    """The ARN of the issuer's entity in IAM."""
    answer = home.iam.create_open_id_connect_provider(
        Url=issuer.url, ClientIDList=[AUDIENCE], ThumbprintList=["0" * 40]
    )
    return answer["OpenIDConnectProviderArn"]


@pytest.fixture
def new_role(home, issuer, provider):
    """Makes roles for whoever the issuer vouches for."""

    def make(**condition):
        return home.new_role(
            policy(
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": provider},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    **({"Condition": condition} if condition else {}),
                }
            ),
            allow("sqs:SendMessage"),
        )

    return make


def assume(who, role, token, **parameters):
    return who.sts.assume_role_with_web_identity(
        RoleArn=role.arn, RoleSessionName="web", WebIdentityToken=token, **parameters
    )


def test_the_arn_of_a_provider_has_its_url(provider, issuer):
    assert provider == f"arn:aws:iam::{HOME}:oidc-provider/{issuer.host}"


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "ES256"])
def test_a_token_opens_a_role_without_any_key(
    anonymous, issuer, provider, new_role, queue, algorithm
):
    role = new_role()
    token = issuer.token(algorithm)
    answer = assume(anonymous, role, token)
    assert answer["SubjectFromWebIdentityToken"] == "subject-1"
    assert answer["Audience"] == AUDIENCE
    # The model says the `iss` field; AWS's published answers have the ARN of the provider.
    assert answer["Provider"] in (issuer.url, provider)
    arn = answer["AssumedRoleUser"]["Arn"]
    assert arn == f"arn:aws:sts::{HOME}:assumed-role/{role.name}/web"
    session = anonymous.with_key(answer)
    assert session.sts.get_caller_identity()["Arn"] == arn
    session.sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    with denied("sqs:ReceiveMessage"):
        session.sqs.receive_message(QueueUrl=queue.url)
    anonymous.confidences.keep(token)


def test_conditions_on_the_claims(anonymous, issuer, new_role):
    audience, subject = f"{issuer.host}:aud", f"{issuer.host}:sub"
    role = new_role(StringEquals={audience: AUDIENCE}, StringLike={subject: "repo:team/*"})
    with denied("sts:AssumeRoleWithWebIdentity"):
        assume(anonymous, role, issuer.token(sub="repo:other/app"))
    assume(anonymous, role, issuer.token(sub="repo:team/app"))


def test_a_role_that_trusts_no_issuer(home, anonymous, issuer, provider, nobody):
    role = home.new_role(trust(nobody.arn))
    with denied("sts:AssumeRoleWithWebIdentity"):
        assume(anonymous, role, issuer.token())


def test_tokens_of_others(anonymous, issuer, new_role):
    role = new_role()
    forged = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = int(time.time())
    for token in (
        issuer.token(key=forged),
        issuer.token(aud="somebody-else"),
        issuer.token(iss="http://127.0.0.1:1"),
        issuer.token("HS256", key="shared" * 8),
        issuer.token("none", key=""),
        issuer.token(nbf=now + 3600),
        issuer.token(sub=None),
        issuer.token() + "x",
        "not a token",
    ):
        with refused((*INVALID, "AccessDenied"), status=None):
            assume(anonymous, role, token)


def test_an_expired_token(anonymous, issuer, new_role):
    now = int(time.time())
    token = issuer.token(iat=now - 7200, exp=now - 3600)
    with refused(("ExpiredTokenException", "ExpiredToken"), status=400):
        assume(anonymous, new_role(), token)


def test_session_policies_and_duration(anonymous, issuer, new_role, queue):
    role = new_role()
    narrowed = assume(anonymous, role, issuer.token(), Policy=policy(allow("sqs:ReceiveMessage")))
    with denied("sqs:SendMessage"):
        anonymous.with_key(narrowed).sqs.send_message(QueueUrl=queue.url, MessageBody="x")
    assume(anonymous, role, issuer.token(), DurationSeconds=900)
    with refused("ValidationError"):
        assume(anonymous, role, issuer.token(), DurationSeconds=7200)


def test_keys_of_the_issuer_are_kept_for_a_while(anonymous, issuer, new_role):
    role = new_role()
    assume(anonymous, role, issuer.token())
    before = issuer.asked["/keys"]
    for _ in range(5):
        assume(anonymous, role, issuer.token())
    assert issuer.asked["/keys"] == before


def test_an_audience_can_be_added_and_taken_away(home, anonymous, issuer, provider, new_role):
    role = new_role()
    token = issuer.token(aud="second")
    with refused((*INVALID, "AccessDenied"), status=None):
        assume(anonymous, role, token)
    home.iam.add_client_id_to_open_id_connect_provider(
        OpenIDConnectProviderArn=provider, ClientID="second"
    )
    assume(anonymous, role, token)
    home.iam.remove_client_id_from_open_id_connect_provider(
        OpenIDConnectProviderArn=provider, ClientID="second"
    )
    with refused((*INVALID, "AccessDenied"), status=None):
        assume(anonymous, role, token)


def test_an_issuer_that_does_not_answer(home, anonymous):
    silent = Issuer()
    answer = home.iam.create_open_id_connect_provider(
        Url=silent.url, ClientIDList=[AUDIENCE], ThumbprintList=["0" * 40]
    )
    role = home.new_role(
        policy(
            {
                "Effect": "Allow",
                "Principal": {"Federated": answer["OpenIDConnectProviderArn"]},
                "Action": "sts:AssumeRoleWithWebIdentity",
            }
        )
    )
    token = silent.token()
    silent.close()
    with refused(("IDPCommunicationError", "InvalidIdentityToken"), status=400):
        assume(anonymous, role, token)


def test_a_provider_that_was_deleted(home, anonymous):
    issuer = Issuer()
    try:
        arn = home.iam.create_open_id_connect_provider(
            Url=issuer.url, ClientIDList=[AUDIENCE], ThumbprintList=["0" * 40]
        )["OpenIDConnectProviderArn"]
        role = home.new_role(
            policy(
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": arn},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                }
            )
        )
        assume(anonymous, role, issuer.token())
        home.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        with refused((*INVALID, "AccessDenied"), status=None):
            assume(anonymous, role, issuer.token())
    finally:
        issuer.close()


def test_one_provider_for_one_url(home, issuer, provider):
    with refused("EntityAlreadyExists", status=409):
        home.iam.create_open_id_connect_provider(
            Url=issuer.url, ClientIDList=[AUDIENCE], ThumbprintList=["0" * 40]
        )
    listed = home.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert {"Arn": provider} in listed
