"""Queue URLs: made from the address by which the client reached us, understood whatever they say.

A URL that we make is one of

    <origin>/<region>/<account>/<name>                        the client's own way to us
    <public base>/<region>/<account>/<name>                   where the settings name a base
    <scheme>://sqs.<region>.<domain>[:port]/<account>/<name>  AWS's form, where they name a domain

In requests a URL's last two path segments are account and name, and one before them is the region;
without it the region is the host's (`sqs.<region>.…`, `<region>.queue.…`), without that the
signature's.  Nothing else of the host matters, so that a URL made for one network works in another.
"""

import re
from typing import Final
from urllib.parse import quote, unquote

import msgspec

from tidegate.base.arn import parse_queue_arn, queue_arn
from tidegate.base.refusals import InvalidAddress, MissingRequiredParameterException

DEFAULT_REGION: Final = "us-east-1"
_CACHED_URLS: Final = 16_384
_LONGEST_CACHED: Final = 512
_URL: Final = re.compile(r"(?s)(?:[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*))?([^?#]*)(?:[?#].*)?")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo")
_REGION: Final = re.compile(r"[a-z0-9-]{1,63}")
"""One server plays every region, so only the form counts: what is longer, or holds a colon, would
be no part of an ARN."""
_AWS_REGION: Final = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}")
_SQS_HOST: Final = re.compile(r"(?:.*\.)?sqs(?:-fips)?\.([a-z0-9-]+)\..+")
_OLD_HOST: Final = re.compile(r"([a-z0-9-]+)\.queue\..+")
_OLDEST_HOST: Final = re.compile(r"queue\.amazonaws\.com")


class QueueUrlOptions(msgspec.Struct, frozen=True):
    """How URLs are made; at most one of the two, the client's own address without them."""

    public_base: str | None = None
    """Such as `https://queues.example.com` or `https://example.com/sqs`."""
    aws_domain: str | None = None
    """Such as `example.com`, or `example.com:8443` for a port other than the client's."""


class QueueUrls:
    """Makes and understands queue URLs."""

    def __init__(self, options: QueueUrlOptions) -> None:
        self._base = options.public_base.rstrip("/") if options.public_base else None
        self._domain = options.aws_domain
        self._known: dict[tuple[str, str], str] = {}

    def url(self, origin: str, arn: str) -> str:
        """The URL of the queue for a client that reached us at `origin`."""
        parts = parse_queue_arn(arn)
        assert parts is not None, arn
        region, account, name = parts
        if self._base is not None:
            return f"{self._base}/{quote(region)}/{account}/{name}"
        if self._domain is not None:
            return f"{self._aws_origin(origin, region)}/{account}/{name}"
        return f"{origin}/{quote(region)}/{account}/{name}"

    def _aws_origin(self, origin: str, region: str) -> str:
        scheme, _, host = origin.partition("://")
        port = re.search(r":[0-9]+\Z", host)
        domain = self._domain or ""
        if port is not None and ":" not in domain:
            domain += port[0]
        return f"{scheme}://sqs.{region}.{domain}"

    def arn(self, url: str, region: str) -> str:
        """The ARN of the queue that `url` names in a call to `region`.

        `region` is "" for who signed nothing: then the URL's region counts, us-east-1 where it has
        none.  Raises InvalidAddress where it names none, or one of another region, and
        MissingRequiredParameterException where it is empty.
        """
        arn = self._known.get((url, region))
        if arn is None:
            arn = self._understand(url, region)
            if len(url) <= _LONGEST_CACHED:
                if len(self._known) >= _CACHED_URLS:
                    self._known.clear()
                self._known[url, region] = arn
        return arn

    def _understand(self, url: str, region: str) -> str:
        if not url:
            raise MissingRequiredParameterException(
                "The request must contain the parameter QueueUrl."
            )
        match = _URL.fullmatch(url.strip())
        if match is None:
            raise not_an_address(url)
        segments = [unquote(segment) for segment in match[2].split("/") if segment]
        if len(segments) < 2:
            raise not_an_address(url)
        account, name = segments[-2:]
        if _ACCOUNT.fullmatch(account) is None or _NAME.fullmatch(name) is None:
            raise not_an_address(url)
        elsewhere = region or DEFAULT_REGION
        named = segments[-3] if len(segments) > 2 else self._region_of(match[1] or "", elsewhere)
        if named != region and (region or _REGION.fullmatch(named) is None):
            raise not_an_address(url)
        return queue_arn(named, account, name)

    def _region_of(self, host: str, region: str) -> str:
        """The region that a host names, `region` where it names none."""
        host = host.rpartition("@")[2].partition(":")[0].lower()
        if _OLDEST_HOST.fullmatch(host):
            return "us-east-1"
        ours = (self._domain or "").partition(":")[0].lower()
        if ours and host.startswith("sqs.") and host.endswith(f".{ours}"):
            return host[len("sqs.") : -len(ours) - 1]
        named = _SQS_HOST.fullmatch(host) or _OLD_HOST.fullmatch(host)
        # The label after `sqs.` may as well be part of a domain, such as sqs.internal.example.com.
        if named is not None and _AWS_REGION.fullmatch(named[1]):
            return named[1]
        return region


def not_an_address(url: str) -> InvalidAddress:
    return InvalidAddress(f"The address {url} is not valid for this endpoint.")
