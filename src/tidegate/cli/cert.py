"""`tidegate cert`: a certificate for development, and what server and clients are told of it."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tidegate.server.authority import (
    Authority,
    Certificate,
    UnusableAuthority,
    is_client,
    is_host,
    open_authority,
)

EPILOG = """\
examples:
  tidegate cert                                        for localhost, 127.0.0.1 and ::1
  tidegate cert --dir /etc/tidegate/tls --host queues.test --host 10.0.0.5
  tidegate cert --client video-encoder                 for a client, in mutual TLS

Run again, it renews the certificate with the same authority, so that clients go on trusting it; a
server that runs takes the new one by itself. Without --host the names stay.
"""


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tidegate cert",
        usage="tidegate cert [--dir DIR] [--host NAME ...] [--client NAME ...]",
        description="Make a certificate authority for development and, signed by it, a "
        "certificate for the server. An authority that is there is kept.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--dir", metavar="DIR", default="certs", help="where the files are (default: certs)"
    )
    parser.add_argument(
        "--host",
        metavar="NAME",
        action="extend",
        nargs="+",
        default=[],
        help="domain or address by which clients reach the server, besides this machine's own",
    )
    parser.add_argument(
        "--client",
        metavar="NAME",
        action="extend",
        nargs="+",
        default=[],
        help="make a certificate for a client of this name as well",
    )
    given = parser.parse_args(arguments)
    for host in given.host:
        if not is_host(host):
            parser.error(f"--host must be a domain or an address, not {host!r}")
    for client in given.client:
        if not is_client(client):
            parser.error(
                "--client must be 1 to 63 letters, digits, - and _, neither ca nor server, and "
                f"without -key at its end, not {client!r}"
            )
    try:
        print(make(Path(given.dir), given.host, given.client, datetime.now(UTC)))
    except (UnusableAuthority, OSError) as error:
        print(f"tidegate: {error}", file=sys.stderr)
        return 1
    return 0


def make(directory: Path, hosts: Sequence[str], clients: Sequence[str], now: datetime) -> str:
    """Make what is missing, renew the rest but the authority, and say how it is used.

    Raises UnusableAuthority and OSError.
    """
    authority = open_authority(directory.absolute(), now)
    server = authority.issue_server(hosts, now)
    pages = [_server_page(authority, server)]
    pages += [_client_page(authority, authority.issue_client(name, now)) for name in clients]
    return "\n\n".join(pages)


def _server_page(authority: Authority, server: Certificate) -> str:
    origin = "made now" if authority.is_new else "kept"
    return f"""\
Authority:    {authority.path} ({origin}, until {authority.expires_at:%Y-%m-%d})
Certificate:  {server.path} (until {server.expires_at:%Y-%m-%d})
              for {", ".join(server.names)}

Settings of the server, for the file given with --config:

  tls_certificate = "{server.path}"
  tls_key = "{server.key_path}"

What boto3 and the AWS CLI trust:

  export AWS_CA_BUNDLE={authority.path}"""


def _client_page(authority: Authority, client: Certificate) -> str:
    return f"""\
Client:       {client.path} (until {client.expires_at:%Y-%m-%d})
Its key:      {client.key_path}

Settings of the server, to take clients of this authority:

  tls_client_ca = "{authority.path}"

boto3.client(..., config=botocore.config.Config(client_cert=(
    "{client.path}",
    "{client.key_path}")))"""
