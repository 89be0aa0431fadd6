"""IAM, STS, KMS and SNS, built when anybody needs them: their modules take time to import and
memory, and a server that only has queues is to have neither."""

import asyncio
import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

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
from tidegate.runtime.turns import Turns
from tidegate.server.deliveries.deliveries import Deliveries
from tidegate.server.deliveries.feedback import write_status
from tidegate.server.queue_keys import QueueKeys
from tidegate.server.seals import Seals
from tidegate.server.settings import Settings
from tidegate.server.topics import TopicKeys, TopicOpening, TopicSealing, TopicsMayWrite
from tidegate.services.iam.operations import IamService
from tidegate.services.kms.elsewhere import OtherThread
from tidegate.services.kms.operations import KmsService
from tidegate.services.sns.delivery_queues import topic_queue
from tidegate.services.sns.operations import SnsService
from tidegate.services.sns.publishing import Publishing
from tidegate.services.sns.queue_feedback import QueueFeedback
from tidegate.services.sns.replaying import Replaying
from tidegate.services.sns.sending import Sending
from tidegate.services.sns.sms_sandbox import SmsOptions
from tidegate.services.sns.topic_fans import TopicFans
from tidegate.services.sqs.encryption import Encryption
from tidegate.services.sqs.ids import message_ids
from tidegate.services.sts.operations import StsService
from tidegate.workers.replays import Replays


class LaterServices:
    """The services beside SQS, and what they need of threads."""

    def __init__(
        self,
        node: Node,
        turns: Turns,
        definitions: Definitions,
        keyring: Keyring,
        seals: Seals,
        standing: StandingPolicies,
        authorizer: Authorizer,
        encryption: Encryption,
        credentials: Credentials,
        audit: Audit | None,
        data: str,
        settings: Settings,
        origin: Callable[[], str],
    ) -> None:
        """`origin()` is scheme, host and port under which the world reaches the server."""
        loop = asyncio.get_running_loop()
        self._thread = OtherThread(loop)
        self._issuers = ThreadPoolExecutor(2, thread_name_prefix="oidc")
        kms = KmsService(definitions, Sealer(keyring.domain(KMS)), standing, self._thread)
        # With a development key everybody is on this machine, and so may be who vouches for them.
        local = settings.development_keys
        iam = IamService(
            definitions, seals.secrets.seal, os.urandom, standing.may_also, local_providers=local
        )
        sts = StsService(
            definitions,
            TokenMinter(seals.tokens, os.urandom),
            standing,
            OidcKeys(loop, self._issuers, IssuerClient(local=local).fetch),
            credentials.account_of,
            roots_assume=settings.development_keys,
        )
        self.notary = Notary(data, Sealer(keyring.domain(KMS)), lambda: datetime.now(UTC))
        sealing = TopicSealing(definitions, encryption)
        may_write = TopicsMayWrite(definitions, authorizer)
        fans = TopicFans(definitions)
        sending = Sending(definitions, may_write, sealing)
        sms = SmsOptions(in_sandbox=settings.sms_sandbox)
        new_id = message_ids()
        feedback = QueueFeedback(definitions, sending, write_status, new_id, random.random)
        replaying = Replaying(sending, feedback, TopicOpening(encryption).open)
        self.replays = Replays(node, definitions, loop, topic_queue, replaying.again)
        publishing = Publishing(
            definitions,
            turns,
            fans,
            sending,
            feedback,
            sms,
            sealing,
            TopicKeys(kms.for_services, definitions, time.monotonic).check,
            self.replays.hold,
            new_id,
        )
        self.deliveries = Deliveries(
            settings,
            node,
            definitions,
            encryption,
            seals.secrets.open,
            self.notary,
            sealing,
            may_write,
            fans,
            sending,
            feedback,
            sms,
            new_id,
            origin,
        )
        sns = SnsService(
            definitions,
            self.deliveries.outward,
            standing.may_also,
            seals.secrets.seal,
            os.urandom,
            sms,
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

    async def close(self) -> None:
        """Let what is being sent come to an end, and send no more."""
        await self.deliveries.stop()
        self._thread.close()
        self._issuers.shutdown(wait=False, cancel_futures=True)
