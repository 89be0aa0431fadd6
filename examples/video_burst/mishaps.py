"""What goes wrong with encoders, by chance."""

import random
from enum import Enum

LAST_ATTEMPT = 2
"""Later attempts have no mishap, so that no healthy job uses up all its attempts by bad luck.  In
earnest nothing promises that: have an alarm on the dead-letter queue's depth."""


class Mishap(Enum):
    """What happens to an encoder on one attempt at a job."""

    HANG = "hang"
    """It stands still for longer than its visibility timeout, and then goes on as if nothing had
    happened: by now another encoder has the same job."""

    CRASH_BEFORE = "crash before the result"
    """The process is killed while it encodes."""

    CRASH_AFTER = "crash after the result"
    """The process is killed when the result is stored and the message is not yet deleted."""


def draw_mishap(seed: int, rate: float, job: int, attempt: int) -> Mishap | None:
    """Draw the mishap of an attempt; the chance of one is `rate`.

    Seed, job and attempt decide, so a run goes wrong in the same places however the processes take
    turns, whichever encoder gets the job.
    """
    chance = random.Random(f"{seed} {job} {attempt}")
    if attempt > LAST_ATTEMPT or chance.random() >= rate:
        return None
    return chance.choice(list(Mishap))
