"""Finding topics and subscriptions by their ARNs."""

from collections.abc import Iterator

from tidegate.base.call import Call
from tidegate.base.refusals import NotFoundException
from tidegate.catalog.entities import Entities
from tidegate.catalog.topics import Subscription, Topic
from tidegate.runtime.definitions import Definitions
from tidegate.services.sns.arns import read_subscription_arn, read_topic_arn


class Lookup:
    """What stands now.  A subscription that was not confirmed in time is none."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions

    @property
    def entities(self) -> Entities:
        return self._definitions.entities

    def topic(self, call: Call, arn: str) -> Topic:
        """Raises InvalidParameterException, NotFoundException."""
        named = read_topic_arn(call, arn)
        topic = self.entities.find(Topic, named.scope, named.rest)
        if topic is None:
            raise NotFoundException("Topic does not exist")
        return topic

    def topic_of(self, subscription: Subscription) -> Topic:
        """The topic, which is there as long as it has subscriptions."""
        _, _, _, region, account, name = subscription.topic_arn.split(":")
        topic = self.entities.find(Topic, f"{account}/{region}", name)
        assert topic is not None, "a topic's subscriptions go before it does"
        return topic

    def find_subscription(self, call: Call, arn: str) -> Subscription | None:
        """Raises InvalidParameterException."""
        named = read_subscription_arn(call, arn)
        found = self.entities.find(Subscription, named.topic_arn, named.id)
        if found is None or found.is_lapsed(self._definitions.now_ms()):
            return None
        return found

    def subscription(self, call: Call, arn: str) -> Subscription:
        """Raises InvalidParameterException, NotFoundException."""
        found = self.find_subscription(call, arn)
        if found is None:
            raise NotFoundException("Subscription does not exist")
        return found

    def subscriptions(self, topic_arn: str) -> Iterator[Subscription]:
        """Of a topic, in no particular order."""
        now = self._definitions.now_ms()
        for each in self.entities.all_of(Subscription, topic_arn).values():
            if not each.is_lapsed(now):
                yield each
