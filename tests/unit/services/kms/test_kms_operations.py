"""The table of operations, and work that is done in another thread."""

import asyncio
import threading

import pytest

from tidegate.api import kms as api
from tidegate.base.refusals import ThrottlingException
from tidegate.services.kms.elsewhere import OtherThread

NOT_OFFERED = {
    "ConnectCustomKeyStore",
    "CreateCustomKeyStore",
    "Decapsulate",
    "DeleteCustomKeyStore",
    "DescribeCustomKeyStores",
    "DisconnectCustomKeyStore",
    "Encapsulate",
    "GetKeyLastUsage",
    "ReplicateKey",
    "UpdateCustomKeyStore",
    "UpdatePrimaryRegion",
}


def test_every_operation_has_a_row_or_is_not_offered(kms):
    assert kms.rows.keys() | NOT_OFFERED == api.OPERATIONS.keys()
    assert not kms.rows.keys() & NOT_OFFERED
    assert len(kms.service.operations()) == len(kms.rows)


def test_every_row_has_its_action_and_its_input(kms):
    for name, row in kms.rows.items():
        assert row.input is api.OPERATIONS[name].input
        assert row.action == ("kms:ReEncryptFrom" if name == "ReEncrypt" else f"kms:{name}")
        assert row.decides_itself == (name == "RetireGrant")
        assert row.context
        assert row.grants


def test_what_is_about_no_key_is_about_everything(kms):
    for name in ("CreateKey", "ListKeys", "ListAliases", "GenerateRandom", "ListRetirableGrants"):
        assert kms.resource(name) == "*"


class Call:
    def __init__(self):
        self.failed = None

    def fail(self, error):
        self.failed = error


def test_work_is_done_in_another_thread_and_goes_on_in_the_loop():
    async def run():
        elsewhere = OtherThread(asyncio.get_running_loop())
        done = asyncio.Event()
        threads = []

        def then(thread):
            threads.extend([thread, threading.current_thread()])
            done.set()

        elsewhere(Call(), threading.current_thread, then)
        await done.wait()
        elsewhere.close()
        return threads

    worker, loop = asyncio.run(run())
    assert loop is threading.current_thread()
    assert worker is not loop


@pytest.mark.parametrize("where", ["work", "then"])
def test_what_the_work_raises_the_call_fails_with(where):
    async def run():
        elsewhere = OtherThread(asyncio.get_running_loop())
        error, failed = ValueError("bad"), asyncio.Event()

        class Failing(Call):
            def fail(self, error):
                super().fail(error)
                failed.set()

        def fails(*_):
            raise error

        call = Failing()
        elsewhere(call, fails if where == "work" else lambda: 1, fails)
        await failed.wait()
        elsewhere.close()
        return call.failed is error

    assert asyncio.run(run())


def test_work_does_not_pile_up():
    async def run():
        elsewhere = OtherThread(asyncio.get_running_loop())
        go = threading.Event()

        def wait():
            elsewhere(Call(), go.wait, lambda _: None)

        for _ in range(32):
            wait()
        with pytest.raises(ThrottlingException):
            wait()
        go.set()
        elsewhere.close()

    asyncio.run(run())
