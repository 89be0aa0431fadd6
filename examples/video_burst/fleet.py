"""The fleet of encoders, as large as the queue is deep.

The number of jobs that wait for each encoder is the measure: it grows when encoders fall behind,
whatever the reason, and needs no knowledge of the producer or of how long a job takes.
"""

import multiprocessing
import signal
from dataclasses import replace
from multiprocessing.process import BaseProcess

from video_burst.encoder import EncoderSettings, run_encoder

JOBS_AN_ENCODER = 5
"""What may wait for one encoder before there should be one more."""

STOP_LIMIT_S = 10.0


class Fleet:
    """Encoder processes: started, replaced when they crash, and stopped."""

    def __init__(self, settings: EncoderSettings, smallest: int, largest: int) -> None:
        self._settings = settings
        self._smallest = smallest
        self._largest = largest
        self._working: list[BaseProcess] = []
        self._leaving: list[BaseProcess] = []
        self._started = 0
        self.crashed = 0
        # Processes that have nothing in common but boto3, loaded once, so that they start at once.
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["boto3"])

    @property
    def size(self) -> int:
        return len(self._working)

    def scale(self, waiting: int) -> None:
        """Have as many encoders as the waiting jobs call for.

        Up at once, down by one a call: an encoder too many for a few seconds costs less than one
        too few when the next burst comes.
        """
        self._bury()
        wanted = -(-waiting // JOBS_AN_ENCODER)
        wanted = max(self._smallest, min(wanted, self._largest))
        while self.size < wanted:
            self._start()
        if self.size > wanted:
            self._dismiss(self._working.pop())

    def deploy(self, codecs: tuple[str, ...]) -> None:
        """Replace every encoder by one of a new version, which can read these codecs."""
        self._settings = replace(self._settings, codecs=codecs)
        old, self._working = self._working, []
        for process in old:
            self._start()
            self._dismiss(process)

    def stop(self) -> None:
        """Let each encoder finish its job; one that does not is killed."""
        while self._working:
            self._dismiss(self._working.pop())
        for process in self._leaving:
            process.join(STOP_LIMIT_S)
            process.kill()

    def _start(self) -> None:
        self._started += 1
        name = f"encoder-{self._started}"
        process = self._processes.Process(
            target=run_encoder, args=(name, self._settings), name=name, daemon=True
        )
        process.start()
        self._working.append(process)

    def _dismiss(self, process: BaseProcess) -> None:
        process.terminate()
        self._leaving.append(process)

    def _bury(self) -> None:
        ended = [each for each in self._working + self._leaving if each.exitcode is not None]
        # One that was dismissed before it could listen for SIGTERM ends by it, and is no crash.
        self.crashed += sum(each.exitcode not in (0, -signal.SIGTERM) for each in ended)
        self._working = [each for each in self._working if each not in ended]
        self._leaving = [each for each in self._leaving if each not in ended]
