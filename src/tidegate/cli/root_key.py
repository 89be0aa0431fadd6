"""`tidegate root-key`: an access key for an account's root, on the data of a stopped server."""

import argparse
import os
import sys
from collections.abc import Sequence

from tidegate.cli.problems import PROBLEMS, report
from tidegate.server.root_access import RootAccess, TooManyRootKeys, make_root_access
from tidegate.server.setting_kinds import SettingsError
from tidegate.server.settings import load

EPILOG = """\
The settings are those of `tidegate serve`: the same file, the same environment. A server that is
reached from other machines makes such a key by itself at its first start; this is for whoever has
lost it.
"""


def run(arguments: Sequence[str]) -> int:
    given = _parser().parse_args(arguments)
    flags = {name: getattr(given, name) for name in ("config", "data", "account")}
    try:
        settings = load({name: value for name, value in flags.items() if value}, os.environ)
        access = make_root_access(settings, settings.account, replace=given.replace)
    except SettingsError as error:
        print(f"tidegate: {error}", file=sys.stderr)
        return 2
    except TooManyRootKeys:
        print(
            f"tidegate: the root of account {settings.account} has two access keys, the most that "
            "it may have; --replace deletes them",
            file=sys.stderr,
        )
        return 1
    except PROBLEMS as problem:
        return report(problem)
    print("\n".join(shown_access(access)))
    return 0


def shown_access(access: RootAccess) -> list[str]:
    """A new access key, as it is shown this once."""
    return [
        f"Access key of the root of account {access.account}, made just now; its secret is shown "
        "this once:",
        f"  access key {access.access_key}",
        f"  secret key {access.secret_key}",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tidegate root-key",
        description="Make an access key for the root of an account, where its server is stopped.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--config", metavar="FILE", help="settings in a TOML file")
    parser.add_argument("--data", metavar="DIR", help="data directory (default: the settings')")
    parser.add_argument("--account", metavar="ACCOUNT", help="12 digits (default: the settings')")
    parser.add_argument("--replace", action="store_true", help="delete the root's other keys")
    return parser
