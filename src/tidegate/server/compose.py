"""The composition root: builds every object, hands each what it needs, starts and stops them.

http listener ── gateway ── services ── node (runtime) ── partition (engine)
                                          │
                                       commits ── log on files
"""

import asyncio
import gc
import logging
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import uvloop

from tidegate.api import sqs as sqs_api
from tidegate.auth.authenticator import Authenticator
from tidegate.auth.credentials import Credentials, development_key
from tidegate.auth.tokens import TokenOpener
from tidegate.base.arn import HIDDEN_MARK
from tidegate.base.refusals import Fault
from tidegate.catalog.entities import Entities
from tidegate.engine.partition import Partition
from tidegate.gateway.audit import Audit
from tidegate.gateway.authorization import Authorizer
from tidegate.gateway.origin import Origins
from tidegate.gateway.pipeline import Document, Gateway
from tidegate.gateway.policies import Policies
from tidegate.gateway.request_ids import RequestIds
from tidegate.gateway.routes import Routes, Service
from tidegate.gateway.standing import StandingPolicies
from tidegate.http.certificates import TlsOptions, UnusableCertificate
from tidegate.http.connection import ConnectionOptions
from tidegate.http.heads import HttpLimits
from tidegate.http.listener import Listener, ListenerOptions
from tidegate.kms.errors import KeysUnusable
from tidegate.kms.keyring import SSE_SQS
from tidegate.log.files.directory import UnusableDirectory
from tidegate.log.files.lock import DirectoryInUse
from tidegate.log.interface import DamagedLog
from tidegate.runtime.clock import WallClock
from tidegate.runtime.commits import Commits
from tidegate.runtime.definitions import Definitions
from tidegate.runtime.housekeeping import Housekeeper
from tidegate.runtime.node import Node
from tidegate.runtime.quotas import Quotas
from tidegate.runtime.turns import Turns
from tidegate.server.audit_file import AuditFile, AuditFileOptions
from tidegate.server.keyring import open_data_keyring, root_key_source_of
from tidegate.server.keyring_watch import KeyringWatch
from tidegate.server.queue_kms import LaterKms
from tidegate.server.root_access import RootAccess, is_unreachable, new_root_access
from tidegate.server.seals import Seals
from tidegate.server.settings import Settings
from tidegate.server.signals import StopSignals
from tidegate.server.signatures import NotarySignatures
from tidegate.server.storage import Storage, open_storage
from tidegate.server.upkeep import Upkeep
from tidegate.services.sqs.encryption import Encryption
from tidegate.services.sqs.envelopes import Envelopes
from tidegate.services.sqs.ids import message_ids
from tidegate.services.sqs.operations import SqsService
from tidegate.services.sqs.queue_urls import QueueUrlOptions
from tidegate.services.sqs.receipts import Receipts

logger = logging.getLogger(__name__)

_LATER = "tidegate.server.services"
_CERTIFICATE = "/SimpleNotificationService-"

Announce = Callable[[str, RootAccess | None], None]
"""announce(endpoint, a root's access key that was made just now)."""


class Server:
    """One worker that owns the one partition of a data directory."""

    endpoint: str
    """Where it listens, once it has started."""
    root_access: RootAccess | None = None
    """The root's access key, where it was made at this start."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        """Must be built in a running event loop.

        Raises UnusableCertificate where the settings name one that does not work.
        """
        loop = asyncio.get_running_loop()
        self._settings = settings
        self._storage = storage
        # A flush must never queue behind a snapshot.
        self._flusher = ThreadPoolExecutor(1, thread_name_prefix="log-flush")
        self._saver = ThreadPoolExecutor(1, thread_name_prefix="snapshot")
        self._commits = Commits(storage.log, loop, self._flusher, settings.sync)  # type: ignore[arg-type]
        recovered = storage.recovered
        partition = Partition(self._commits.journal, recovered.state)
        quotas = Quotas() if settings.aws_quotas else None
        clock = WallClock()
        self._node = Node(partition, storage.log, self._commits, clock, loop, quotas)
        self._turns = Turns(self._node, self._commits)
        self._definitions = Definitions(self._node, clock.now_ms)
        self._housekeeper = Housekeeper(
            partition,
            storage.log,
            storage.snapshots,
            self._commits,
            loop,
            self._saver,
            recovered.covers,
            recovered.tail,
        )
        self._keyring = open_data_keyring(settings, storage.directory)
        self._key_reader = ThreadPoolExecutor(1, thread_name_prefix="keyring")
        self._keyring_watch = KeyringWatch(
            storage.directory.path,
            root_key_source_of(settings),
            self._keyring,
            loop,
            self._key_reader,
        )
        self._seals = Seals(self._keyring)
        self._credentials = _credentials(settings, self._definitions.entities, self._seals)
        self._authenticator = Authenticator(self._credentials, lambda: int(time.time()))
        policies = Policies(self._definitions)
        self._authorizer = Authorizer(policies, time.time)
        self._standing = StandingPolicies(policies, self._authorizer, time.time)
        self._audit_file = _audit_file(settings)
        self._audit = _audit(settings, self._audit_file)
        self._origins = Origins(f"{settings.host}:{settings.port}")
        self._encryption = Encryption(
            self._definitions,
            self._keyring.domain(SSE_SQS),
            LaterKms(lambda: self._later_services().queue_keys),
            time.monotonic,
        )
        self._signatures = NotarySignatures(lambda: self._later_services().notary, loop)
        self._routes = Routes(self._sqs())
        self._gateway = Gateway(
            self._routes,
            self._authenticator,
            self._authorizer,
            self._origins,
            self._is_ready,
            RequestIds(),
            self._turns,
            loop.call_soon,
            self._find_document,
        )
        self._listener = Listener(self._gateway, _listener_options(settings))
        self._later: Any = None
        """A `server.services.LaterServices`, once they are there."""
        self._upkeep: Upkeep | None = None
        self._bringing_up: asyncio.Task[None] | None = None

    def _sqs(self) -> Service:
        settings = self._settings
        service = SqsService(
            self._turns,
            Receipts(self._storage.directory.secret),
            message_ids(),
            self._encryption,
            Envelopes(self._signatures),
            self._definitions,
            self._standing.may_also,
            QueueUrlOptions(settings.queue_url_base, settings.queue_url_domain),
        )
        return Service(sqs_api.SERVICE, sqs_api.OPERATIONS, service.operations(), self._audit)

    async def _bring_up_later_services(self) -> None:
        """Without them the server serves queues still, and refuses what it does not know."""
        try:
            await self._start_later_services()
        except Exception:
            logger.exception("the services beside SQS could not be brought up")
            self._gateway.all_services_are_there()

    async def _start_later_services(self) -> None:
        """Imported in a thread, which takes a tenth of a second."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, import_module, _LATER)
        later = self._later_services()
        for service in later.all:
            self._routes.add(service)
        self._gateway.all_services_are_there()
        self._upkeep = Upkeep(
            self._definitions, self._authenticator, loop, settle_keys=later.upkeep.run
        )
        self._upkeep.start()
        later.deliveries.start()
        later.replays.start()

    def _later_services(self) -> Any:
        """Whoever cannot wait for them has them made at once."""
        if self._later is None:
            self._later = import_module(_LATER).LaterServices(
                self._node,
                self._turns,
                self._definitions,
                self._keyring,
                self._seals,
                self._standing,
                self._authorizer,
                self._encryption,
                self._credentials,
                self._audit,
                self._storage.directory.path,
                self._settings,
                self._origin,
            )
        return self._later

    def _origin(self) -> str:
        """Where the links in messages lead."""
        return (self._settings.queue_url_base or self.endpoint).rstrip("/")

    def _find_document(self, path: str) -> Document | None:
        """The certificate of SNS's signatures, under the name that AWS's validators expect."""
        if not path.startswith(_CERTIFICATE):
            return None
        seal = self._later_services().notary.seal
        if path != f"/{seal.certificate_name}":
            return None
        return Document("application/x-pem-file", seal.certificate_pem)

    def _is_ready(self) -> bool:
        return self._commits.stopped is None

    async def start(self) -> None:
        """Listen.  Raises OSError where the address cannot be had."""
        if is_unreachable(self._settings, self._definitions.entities):
            await self._make_root_access()
        self._gateway.expect_services(self._bring_up)
        await self._listener.start()
        host, port = self._listener.addresses[0]
        self._origins.address = f"{f'[{host}]' if ':' in host else host}:{port}"
        scheme = "http" if self._settings.tls_certificate is None else "https"
        self.endpoint = f"{scheme}://{self._origins.address}"
        self._housekeeper.start()
        self._keyring_watch.start()
        if self._audit_file is not None:
            self._audit_file.start()
        if self._has_more_than_queues():
            self._bring_up()

    def _has_more_than_queues(self) -> bool:
        """What SNS has yet to send to phones needs no entity."""
        queues = self._node.partition.state.by_arn
        return any(True for _ in self._definitions.entities) or any(
            HIDDEN_MARK in arn for arn in queues
        )

    def _bring_up(self) -> None:
        """Have the services beside SQS come up, unless they are on their way: they are there from
        the start where anything is defined in them, else from the first call of one on."""
        if self._bringing_up is None:
            self._bringing_up = asyncio.create_task(self._bring_up_later_services())

    async def _make_root_access(self) -> None:
        definitions = self._definitions
        changes, access = new_root_access(
            definitions.entities,
            self._settings.account,
            self._seals.secrets.seal,
            definitions.now_ms(),
            replace=False,
        )
        definitions.note(changes)
        await self._commits.settle()
        if self._commits.stopped is not None:
            raise self._commits.stopped
        self.root_access = access

    async def drain_and_stop(self) -> None:
        """Answer long polls, let requests under way finish, save the state, close the log.

        Raises LogStopped where the log has failed, now or before.
        """
        if self._bringing_up is not None:
            await self._bringing_up
        self._node.drain()
        await self._listener.drain()
        if self._upkeep is not None:
            self._upkeep.stop()
        if self._later is not None:
            self._later.replays.stop()
            await self._later.close()
        self._node.stop()
        self._housekeeper.stop()
        self._keyring_watch.stop()
        await self._commits.settle()
        self._signatures.close()
        self._flusher.shutdown()
        self._saver.shutdown()
        self._key_reader.shutdown()
        if self._commits.stopped is None:
            self._housekeeper.save_last()
        self._storage.close()
        if self._audit_file is not None:
            self._audit_file.close()
        if self._commits.stopped is not None:
            raise self._commits.stopped


def _audit_file(settings: Settings) -> AuditFile | None:
    """Raises OSError where it cannot be opened."""
    if settings.audit == "off":
        return None
    options = AuditFileOptions(
        settings.audit_file, settings.audit_file_size_bytes, settings.audit_files_kept
    )
    return AuditFile(options, time.time)


def _audit(settings: Settings, trail: AuditFile | None) -> Audit | None:
    if trail is None:
        return None
    return Audit(trail, settings.audit, time.time)  # type: ignore[arg-type]


def _credentials(settings: Settings, entities: Entities, seals: Seals) -> Credentials:
    keys = list(settings.credentials)
    if settings.development_keys:
        keys.append(development_key())
    return Credentials(
        keys,
        any_account=settings.development_keys,
        entities=entities,
        open_secret=seals.secrets.open,
        tokens=TokenOpener(seals.tokens, entities),
    )


def _listener_options(settings: Settings) -> ListenerOptions:
    return ListenerOptions(
        host=settings.host,
        port=settings.port,
        max_connections=settings.max_connections,
        drain_timeout_s=settings.drain_timeout_s,
        tls=_tls_options(settings),
        connection=ConnectionOptions(
            limits=HttpLimits(max_body_bytes=settings.max_body_bytes),
            head_timeout_s=settings.head_timeout_s,
            body_timeout_s=settings.body_timeout_s,
            idle_timeout_s=settings.idle_timeout_s,
        ),
    )


def _tls_options(settings: Settings) -> TlsOptions | None:
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    return TlsOptions(
        certificate=settings.tls_certificate,
        key=settings.tls_key,
        client_ca=settings.tls_client_ca,
        client_required=settings.tls_client_required,
        plain_http=settings.plain_http,
    )


def run_server(settings: Settings, announce: Announce) -> int:
    """Serve until a signal says stop.  The exit status: 0 after a drain in order, 1 where the
    server could not start or could not close its log."""
    _allow_many_files(settings.max_connections)
    try:
        storage = open_storage(settings.data, settings.segment_size_bytes)
    except (DirectoryInUse, UnusableDirectory, DamagedLog, Fault) as error:
        print(f"tidegate: {error}", file=sys.stderr)
        return 1
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(settings, storage, announce))


async def _serve(settings: Settings, storage: Storage, announce: Announce) -> int:
    stop = asyncio.Event()
    try:
        server = Server(settings, storage)
        StopSignals(stop.set).install(asyncio.get_running_loop())
        await server.start()
    except (OSError, UnusableCertificate, KeysUnusable):
        storage.close()
        raise
    tune_collector()
    announce(server.endpoint, server.root_access)
    server.root_access = None
    await stop.wait()
    try:
        await server.drain_and_stop()
    except Fault as fault:
        logger.error("%s", fault.message)
        return 1
    return 0


def tune_collector() -> None:
    """What is there now stays; and a request makes no cycles, so the collector may look rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def _allow_many_files(connections: int) -> None:
    """Raise the soft limit of open files as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 1024
    if soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
