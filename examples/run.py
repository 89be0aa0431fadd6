"""Runs an example, against the endpoint in AWS_ENDPOINT_URL or a Tidegate server of its own.

    python examples/run.py video_burst [--quick]
    python examples/run.py order_events
    python examples/run.py webhook

Each is a folder here with a `main(endpoint, arguments)`, which gives the exit status: 0 if all went
as it should.
"""

import argparse
import signal
import sys
from importlib import import_module

from botocore.exceptions import BotoCoreError, ClientError

from server import endpoint

EXAMPLES = ("video_burst", "order_events", "webhook")


def main() -> int:
    parser = argparse.ArgumentParser(description="Run an example.")
    parser.add_argument("example", choices=EXAMPLES)
    given, arguments = parser.parse_known_args()
    # SIGTERM ends the run as Ctrl-C does: what it has started is stopped, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # No other one: the encoders of the video burst import this file each time that one starts.
    example = import_module(f"{given.example}.main")
    with endpoint() as found:
        status: int = example.main(found, arguments)
    return status


if __name__ == "__main__":
    try:
        status = main()
    except KeyboardInterrupt:
        status = 130
    except (BotoCoreError, ClientError, RuntimeError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        status = 1
    sys.exit(status)
