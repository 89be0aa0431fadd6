"""`tidegate bench`: arguments in, table out."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from tidegate.bench.fan_out import fan_out
from tidegate.bench.floor import Floor, Work, floor
from tidegate.bench.flow import fifo, pipeline
from tidegate.bench.load import Endpoint
from tidegate.bench.process import ServerFailed, file_system, sync_us
from tidegate.bench.report import document, table
from tidegate.bench.scripts import STAMP_BYTES
from tidegate.bench.secured import secured
from tidegate.bench.session import Options, Session
from tidegate.bench.standing import allow_files, backlog, idle
from tidegate.bench.subject import CallFailed
from tidegate.bench.throughput import batch, drain, send
from tidegate.bench.yardstick import serve

Scenario = Callable[[Session], Awaitable[None]]

SCENARIOS: dict[str, Scenario] = {
    "send": send,
    "batch": batch,
    "drain": drain,
    "pipeline": pipeline,
    "fifo": fifo,
    "fan-out": fan_out,
    "secured": secured,
    "backlog": backlog,
    "idle": idle,
    "floor": floor,
}
_OWN_SERVER_ONLY = ("secured", "backlog", "idle", "floor")
_OPEN_FILES = 4096

_DESCRIPTION = """\
Measure an SQS endpoint: Tidegate on a fresh directory below --data, or whatever answers at
--endpoint.  Each rate is the median of pairs of runs, one of the target and one of the yardstick
(a bare HTTP server, the speed limit of one Python core), so that numbers from different machines
can be compared by their ratios.

scenarios:
  send       one SendMessage, over 1, 64 and 256 connections
  batch      SendMessageBatch of 10; the rate is of messages, as everywhere
  drain      receive 10 and delete them, from a backlog
  pipeline   producers and consumers at once; latency from send to receive
  fifo       the same over 1,000 message groups, order checked
  fan-out    Publish to a topic with 1, 10 and 100 queues; the rate is of messages in queues
  secured    send and drain as a user with a policy, encrypted, against neither
  backlog    memory, disk, send rate and restart time with --messages waiting
  idle       start-up time, memory, CPU while 1,000 long polls wait
  floor      what a durable SendMessage costs at the least in Python, on a bare server
  all        all of these
  yardstick  serve the yardstick alone, until interrupted

Exit status: 0, or 1 if any answer was wrong, or 2 for a wrong argument.
"""


def run(argv: list[str]) -> int:
    """Run `tidegate bench` with these arguments; returns the exit status."""
    parser = _parser()
    try:
        arguments = parser.parse_args(argv)
        options = _options(parser, arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if arguments.scenario == "yardstick":
            runner.run(_serve(arguments))
            return 0
        try:
            return runner.run(_measure(arguments.scenario, options, arguments.json))
        except (ServerFailed, CallFailed, OSError) as error:
            print(f"tidegate bench: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130


async def _serve(arguments: argparse.Namespace) -> None:
    if arguments.floor is None:
        await serve(arguments.host, arguments.port)
        return
    work = Work(arguments.floor)
    await serve(arguments.host, arguments.port, lambda: Floor(work))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tidegate bench",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("scenario", choices=[*SCENARIOS, "all", "yardstick"])
    add("--endpoint", help="measure what answers here, such as http://127.0.0.1:4566")
    add("--data", type=Path, help="start Tidegate with its data below this directory (no tmpfs)")
    add("--region", default=Options.region)
    add("--access-key", default=Options.access_key)
    add("--secret-key", default=Options.secret_key)
    add("--seconds", type=_positive, default=Options.seconds, help="length of a run (%(default)s)")
    add("--pairs", type=int, default=Options.pairs, help="runs of each (%(default)s)")
    add("--connections", type=_numbers, default=(), help="such as 1,64 (the scenario's own)")
    add("--body-bytes", type=int, default=Options.body_bytes, help="of a message (%(default)s)")
    add(
        "--messages",
        type=_numbers,
        default=Options.messages,
        help="of backlog, rounded down to tens (0,1000000,10000000)",
    )
    add("--json", type=Path, metavar="FILE", help="write the results there, too")
    add("--host", default="127.0.0.1", help="of yardstick (%(default)s)")
    add("--floor", type=Path, metavar="DIR", help="of yardstick: do the work of the floor as well")
    add("--port", type=int, default=0, help="of yardstick; 0 picks a free one")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise ValueError
    return value


def _numbers(text: str) -> tuple[int, ...]:
    values = tuple(int(part) for part in text.split(","))
    if min(values) < 0:
        raise ValueError
    return values


def _options(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> Options:
    if arguments.scenario != "yardstick":
        _check(parser, arguments)
    return Options(
        endpoint=arguments.endpoint,
        data=arguments.data,
        region=arguments.region,
        access_key=arguments.access_key,
        secret_key=arguments.secret_key,
        seconds=arguments.seconds,
        pairs=arguments.pairs,
        connections=arguments.connections,
        body_bytes=arguments.body_bytes,
        messages=arguments.messages,
    )


def _check(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """End with status 2 where arguments make no sense together."""
    if (arguments.endpoint is None) == (arguments.data is None):
        parser.error("give --data DIR to start a server, or --endpoint URL to measure another")
    if arguments.endpoint is not None:
        if arguments.scenario in _OWN_SERVER_ONLY:
            parser.error(f"{arguments.scenario} needs a server of its own: give --data")
        try:
            Endpoint(arguments.endpoint)
        except ValueError as error:
            parser.error(str(error))
    if arguments.pairs < 1:
        parser.error("--pairs: at least 1")
    if arguments.body_bytes < STAMP_BYTES:
        parser.error(f"--body-bytes: at least {STAMP_BYTES}, for the stamp that is checked")
    if 0 in arguments.connections:
        parser.error("--connections: at least 1")


async def _measure(scenario: str, options: Options, json_file: Path | None) -> int:
    names = [scenario]
    if scenario == "all":
        names = [n for n in SCENARIOS if options.data is not None or n not in _OWN_SERVER_ONLY]
    session = Session(options)
    allow_files(_OPEN_FILES)
    settings = _settings(session, options)
    try:
        for name in names:
            await SCENARIOS[name](session)
    finally:
        await session.close()
        # What was measured before a failure took its time, so it is told all the same.
        if session.rows:
            print(table(session.rows))
            if json_file is not None:
                json_file.write_text(json.dumps(document(session.rows, settings), indent=2) + "\n")
    return 1 if any(row.errors for row in session.rows) else 0


def _settings(session: Session, options: Options) -> dict[str, object]:
    """What the numbers depend on, for the report; told when it spoils them."""
    settings: dict[str, object] = {
        "endpoint": options.endpoint or "own server",
        "seconds": options.seconds,
        "pairs": options.pairs,
        "body_bytes": options.body_bytes,
    }
    if options.data is not None:
        options.data.mkdir(parents=True, exist_ok=True)
        settings["file_system"] = kind = file_system(options.data, Path("/proc/mounts").read_text())
        settings["sync_us"] = sync = round(sync_us(options.data), 1)
        session.tell(f"{options.data} is on {kind}; writing and syncing 1,200 bytes: {sync} us")
        if kind in ("tmpfs", "ramfs"):
            session.tell("that is no disk: nothing measured here is durable, and nothing counts")
    if options.pairs < 3:
        session.tell("fewer than 3 pairs: take the rates with a grain of salt")
    return settings
