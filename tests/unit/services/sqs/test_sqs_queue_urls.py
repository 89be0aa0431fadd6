from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tidegate.base.refusals import InvalidAddress, Refusal
from tidegate.services.sqs import queue_urls
from tidegate.services.sqs.queue_urls import QueueUrlOptions, QueueUrls

ARN = "arn:aws:sqs:eu-west-1:000000000000:jobs"


def urls(**options):
    return QueueUrls(QueueUrlOptions(**options))


# --- Making --------------------------------------------------------------------------------------


def test_a_url_begins_with_the_address_that_the_client_used():
    made = urls().url("http://broker:9324", ARN)
    assert made == "http://broker:9324/eu-west-1/000000000000/jobs"


def test_a_fixed_address_replaces_the_clients():
    made = urls(public_base="https://example.com/sqs/").url("http://broker:9324", ARN)
    assert made == "https://example.com/sqs/eu-west-1/000000000000/jobs"


@pytest.mark.parametrize(
    ("domain", "origin", "made"),
    [
        ("example.com", "https://x", "https://sqs.eu-west-1.example.com/000000000000/jobs"),
        ("example.com", "http://x:4566", "http://sqs.eu-west-1.example.com:4566/000000000000/jobs"),
        ("a.test:81", "http://[::1]:4566", "http://sqs.eu-west-1.a.test:81/000000000000/jobs"),
    ],
)
def test_the_form_of_aws_has_the_region_in_the_host(domain, origin, made):
    assert urls(aws_domain=domain).url(origin, ARN) == made


@pytest.mark.parametrize(
    "options", [{}, {"public_base": "https://example.com/a/b"}, {"aws_domain": "local.test"}]
)
@pytest.mark.parametrize("region", ["eu-west-1", "local", "us-gov-west-1"])
def test_every_url_that_is_made_is_understood(options, region):
    known = urls(**options)
    arn = f"arn:aws:sqs:{region}:123456789012:orders.fifo"
    made = known.url("http://127.0.0.1:4566", arn)
    assert known.arn(made, region) == arn
    with pytest.raises(InvalidAddress):
        known.arn(made, "ap-east-1")


# --- Understanding -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4566/eu-west-1/000000000000/jobs",
        "http://127.0.0.1:4566/000000000000/jobs",
        "http://elsewhere/queue/eu-west-1/000000000000/jobs",
        "https://sqs.eu-west-1.amazonaws.com/000000000000/jobs",
        "https://SQS.EU-WEST-1.amazonaws.com:443/000000000000/jobs",
        "https://sqs-fips.eu-west-1.amazonaws.com/000000000000/jobs",
        "https://eu-west-1.queue.amazonaws.com/000000000000/jobs",
        "https://vpce-1a-2b.sqs.eu-west-1.vpce.amazonaws.com/000000000000/jobs",
        "http://sqs.eu-west-1.localhost.example.com:4566/000000000000/jobs",
        "http://sqs.internal.example.com/000000000000/jobs",
        "/000000000000/jobs",
        "/eu-west-1/000000000000/jobs",
        "000000000000/jobs",
        "http://host/000000000000/jobs/",
        "http://host//000000000000//jobs",
        "http://host/000000000000/j%6Fbs",
        "http://host/000000000000/jobs?Action=SendMessage",
    ],
)
def test_every_form_that_names_account_and_queue_is_understood(url):
    assert urls().arn(url, "eu-west-1") == ARN


def test_the_oldest_host_is_us_east_1():
    url = "https://queue.amazonaws.com/000000000000/jobs"
    assert urls().arn(url, "us-east-1") == "arn:aws:sqs:us-east-1:000000000000:jobs"


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "http://host/foo",
        "http://host/",
        "http://host/eu-west-1/0000/jobs",
        "http://host/000000000000/jo bs",
        "http://host/000000000000/a:b",
        "http://host/000000000000/" + "a" * 81,
        "http://host/000000000000/.fifo",
        "http://host/us-east-1/000000000000/jobs",
        "https://sqs.us-east-1.amazonaws.com/000000000000/jobs",
        "https://us-east-1.queue.amazonaws.com/000000000000/jobs",
        "https://queue.amazonaws.com/000000000000/jobs",
        "\x00",
    ],
)
def test_what_names_no_queue_of_the_region_is_no_address(url):
    with pytest.raises(InvalidAddress) as caught:
        urls().arn(url, "eu-west-1")
    assert caught.value.message == f"The address {url} is not valid for this endpoint."


@given(st.text(max_size=60))
@example("http://[::1]:1/000000000000/%00")
@example("//000000000000/%")
def test_any_text_is_a_queue_or_a_refusal(url):
    with suppress(Refusal):
        assert urls().arn(url, "eu-west-1").startswith("arn:aws:sqs:eu-west-1:")


def test_the_same_url_may_be_asked_in_two_regions():
    known = urls()
    url = "http://host/000000000000/jobs"
    assert known.arn(url, "eu-west-1") != known.arn(url, "us-east-1")


def test_what_is_remembered_has_a_bound(monkeypatch):
    monkeypatch.setattr(queue_urls, "_CACHED_URLS", 3)
    known = urls()
    for number in range(10):
        known.arn(f"http://host/000000000000/q{number}", "eu-west-1")
    assert len(known._known) <= 3


# --- Nobody's requests ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("http://x:4566/eu-west-1/000000000000/jobs", "eu-west-1"),
        ("https://sqs.eu-west-1.amazonaws.com/000000000000/jobs", "eu-west-1"),
        ("http://x:4566/000000000000/jobs", "us-east-1"),
    ],
)
def test_where_no_signature_names_a_region_the_url_does(url, region):
    assert urls().arn(url, "") == f"arn:aws:sqs:{region}:000000000000:jobs"


@pytest.mark.parametrize("region", ["a" * 64, "a:b", "eu%3Awest", "Eu-West-1", "eu west"])
def test_who_signs_nothing_names_a_region_that_can_be_one(region):
    """What a stranger writes there would stand in ARNs, and in the memory that keeps them."""
    with pytest.raises(InvalidAddress):
        urls().arn(f"http://x/{region}/000000000000/jobs", "")
