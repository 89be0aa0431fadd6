"""`tidegate verify DIR`: reads the whole log, checks every CRC and names what is damaged."""

import argparse
import os
from collections.abc import Sequence

from tidegate.cli.problems import PROBLEMS, report
from tidegate.cli.stopped import stopped_server
from tidegate.log.files.directory import partition_path
from tidegate.log.files.verify import Finding, Verification, verify_log


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tidegate verify",
        description="Read the whole log in the data directory of a stopped server, check every "
        "CRC, and name each file and offset that is damaged. Changes nothing. The exit status is "
        "0 if the log is whole, and 1 if not.",
        allow_abbrev=False,
    )
    parser.add_argument("directory", metavar="DIR", help="the server's --data")
    directory: str = parser.parse_args(arguments).directory
    try:
        with stopped_server(directory) as meta:
            paths = [partition_path(directory, number) for number in range(meta.partitions)]
            found = {path: verify_log(path) for path in paths}
    except PROBLEMS as problem:
        return report(problem)
    print(render(found))
    return 0 if all(each.is_whole for each in found.values()) else 1


def render(found: dict[str, Verification]) -> str:
    """What was found in each partition's directory, as a page for people."""
    lines: list[str] = []
    for path, each in found.items():
        size_bytes = sum(segment.size_bytes for segment in each.segments)
        lines.append(
            f"{os.path.basename(path)}: {len(each.segments)} segments of {size_bytes} bytes, "
            f"{each.records} records, {len(each.snapshots)} snapshots"
        )
        lines += [f"  {_finding(finding)}" for finding in each.findings]
    damaged = sum(finding.is_damage for each in found.values() for finding in each.findings)
    lines.append(f"Damaged places: {damaged}" if damaged else "The log is whole.")
    return "\n".join(lines)


def _finding(finding: Finding) -> str:
    kind = "damaged" if finding.is_damage else "a start cuts it"
    return f"{kind}: {finding.file} at offset {finding.offset}: {finding.what}"
