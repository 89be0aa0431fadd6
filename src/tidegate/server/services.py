"""IAM, STS, KMS and SNS, built when anybody needs them: their modules take time to import and
memory, and a server that only has queues is to have neither."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from tidegate.api import iam as iam_api
from tidegate.api import kms as kms_api
from tidegate.api import sns as sns_api
from tidegate.api import sts as sts_api
from tidegate.auth.credentials import Credentials
from tidegate.auth.tokens import TokenMinter
from tidegate.gateway.audit import Audit
from tidegate.gateway.authorization import Authorizer
from tidegate.gateway.routes import Service
from tidegate.gateway.standing import StandingPolicies
from tidegate.kms.keyring import KMS, Keyring
from tidegate.kms.notary import Notary
from tidegate.kms.sealing import Sealer
from tidegate.runtime.definitions import Definitions
from tidegate.runtime.node import Node
from tidegate.runtime.oidc_keys import IssuerClient, OidcKeys
from tidegate.server.queue_keys import QueueKeys
from tidegate.server.seals import Seals
from tidegate.server.topics import TopicKeys, TopicOpening, TopicSealing, TopicsMayWrite
from tidegate.services.iam.operations import IamService
from tidegate.services.kms.elsewhere import OtherThread
from tidegate.services.kms.operations import KmsService
from tidegate.services.sns.delivery_queues import topic_queue
from tidegate.services.sns.operations import SnsService
from tidegate.services.sns.publishing import Publishing
from tidegate.services.sns.replaying import Replaying
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.sms_sandbox import SmsOptions
from tidegate.services.sns.topic_fans import TopicFans
from tidegate.services.sqs.encryption import Encryption
from tidegate.services.sqs.ids import message_ids
from tidegate.services.sts.operations import StsService
from tidegate.workers.replays import Replays


class Outward:
    """Nothing goes out yet."""

    def send_confirmation(self, subscription: Any, token: str) -> None:
        """Nobody is asked."""

    def send_cancellation(self, subscription: Any, token: str) -> None:
        """Nobody is told."""

    def send_password(self, account: str, region: str, number: str, password: str) -> None:
        """Nobody is told."""

    def tell_endpoint_event(self, application: Any, event: str, endpoint: Any) -> None:
        """Nobody is told."""


class LaterServices:
    """The services beside SQS, and what they need of threads."""

    def __init__(
        self,
        node: Node,
        definitions: Definitions,
        keyring: Keyring,
        seals: Seals,
        standing: StandingPolicies,
        authorizer: Authorizer,
        encryption: Encryption,
        credentials: Credentials,
        audit: Audit | None,
        data: str,
        *,
        roots_assume: bool,
    ) -> None:
        loop = asyncio.get_running_loop()
        self._thread = OtherThread(loop)
        self._issuers = ThreadPoolExecutor(2, thread_name_prefix="oidc")
        kms = KmsService(definitions, Sealer(keyring.domain(KMS)), standing, self._thread)
        # With a development key everybody is on this machine, and so may be who vouches for them.
        local = roots_assume
        iam = IamService(
            definitions, seals.secrets.seal, os.urandom, standing.may_also, local_providers=local
        )
        sts = StsService(
            definitions,
            TokenMinter(seals.tokens, os.urandom),
            standing,
            OidcKeys(loop, self._issuers, IssuerClient(local=local).fetch),
            credentials.account_of,
            roots_assume=roots_assume,
        )
        self.notary = Notary(data, Sealer(keyring.domain(KMS)), lambda: datetime.now(UTC))
        sealing = TopicSealing(definitions, encryption)
        sending = Sending(definitions, TopicsMayWrite(definitions, authorizer), sealing)
        replaying = Replaying(sending, TopicOpening(encryption).open)
        self.replays = Replays(node, definitions, loop, topic_queue, replaying.again)
        publishing = Publishing(
            definitions,
            node,
            TopicFans(definitions),
            sending,
            sealing,
            TopicKeys(kms.for_services).check,
            self.replays.hold,
            message_ids(),
        )
        sns = SnsService(
            definitions,
            Outward(),
            standing.may_also,
            seals.secrets.seal,
            os.urandom,
            SmsOptions(),
            publishing,
        )
        self.upkeep = kms.upkeep
        self.queue_keys = QueueKeys(kms.for_services)
        """KMS for queues with SSE-KMS."""
        self.all = [
            Service(iam_api.SERVICE, iam_api.OPERATIONS, iam.operations(), audit),
            Service(kms_api.SERVICE, kms_api.OPERATIONS, kms.operations(), audit),
            Service(sts_api.SERVICE, sts_api.OPERATIONS, sts.operations(), audit),
            Service(sns_api.SERVICE, sns_api.OPERATIONS, sns.operations(), audit),
        ]

    def close(self) -> None:
        self._thread.close()
        self._issuers.shutdown(wait=False, cancel_futures=True)
