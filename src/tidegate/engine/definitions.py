"""Creating, changing, describing and listing queues: what these commands decide."""

from bisect import bisect_left, bisect_right

import msgspec

from tidegate.base import limits
from tidegate.base.arn import parse_queue_arn, queue_arn
from tidegate.base.refusals import PurgeQueueInProgress, QueueDeletedRecently, QueueNameExists
from tidegate.catalog import queues as catalog
from tidegate.catalog.named_principals import document_now, named_ids
from tidegate.catalog.queues import QueueDefinition
from tidegate.engine import commands, records
from tidegate.engine.commands import QueueDescription, QueueNames
from tidegate.engine.ledger import Ledger
from tidegate.engine.queue import SECOND, Queue


def create_queue(ledger: Ledger, command: commands.CreateQueue) -> None:
    """Succeeds for a queue that is there already and has no different attribute.

    Raises QueueNameExists, QueueDeletedRecently, and what the catalog refuses.
    """
    state = ledger.state
    existing = state.by_arn.get(command.queue)
    if existing is not None:
        different = catalog.same_attributes(existing.definition, command.attributes)
        if different is not None:
            raise QueueNameExists(catalog.different_attribute(different))
        return
    definition = catalog.define(command.queue, command.attributes, command.tags, state.now)
    deleted_at = state.deleted_at.get(command.queue)
    if deleted_at is not None and state.now < deleted_at + limits.DELETED_NAME_S * SECOND:
        raise QueueDeletedRecently
    _check_redrive(ledger, definition)
    definition = _with_ids(ledger, definition)
    ledger.write(records.QueueCreated(state.next_uid, state.now, definition), spends_reserve=0)


def delete_queue(ledger: Ledger, command: commands.DeleteQueue) -> None:
    queue = ledger.queue(command.queue)
    ledger.write(records.QueueDeleted(queue.uid, ledger.state.now))


def set_queue_attributes(ledger: Ledger, command: commands.SetQueueAttributes) -> None:
    queue = ledger.queue(command.queue)
    definition = catalog.with_attributes(queue.definition, command.attributes, ledger.state.now)
    if "RedrivePolicy" in command.attributes:
        _check_redrive(ledger, definition)
    if "Policy" in command.attributes:
        definition = _with_ids(ledger, definition)
    _redefine(ledger, queue, definition)


def _with_ids(ledger: Ledger, definition: QueueDefinition) -> QueueDefinition:
    """With whom the policy means, now that a client has set it.

    Permissions that come and go leave this alone: they name accounts, and what else the policy says
    is meant as it was.
    """
    policy = definition.policy
    ids = {} if policy is None else named_ids(ledger.state.entities, policy)
    return msgspec.structs.replace(definition, policy_ids=ids)


def _check_redrive(ledger: Ledger, definition: QueueDefinition) -> None:
    if definition.redrive_target is not None:
        target = ledger.state.by_arn.get(definition.redrive_target)
        catalog.check_redrive_target(definition, None if target is None else target.definition)


def _redefine(ledger: Ledger, queue: Queue, definition: QueueDefinition) -> None:
    if definition != queue.definition:
        ledger.write(records.QueueDefined(queue.uid, ledger.state.now, definition))


def describe_queue(ledger: Ledger, command: commands.DescribeQueue) -> QueueDescription:
    queue = ledger.queue(command.queue)
    in_flight = len(queue.in_flight)
    delayed = queue.delayed_count(ledger.state.now)
    definition = queue.definition
    attributes = catalog.describe(definition)
    if definition.policy is not None:
        attributes["Policy"] = document_now(
            ledger.state.entities, definition.policy, definition.policy_ids
        )
    attributes["ApproximateNumberOfMessages"] = str(queue.slots.live - in_flight - delayed)
    attributes["ApproximateNumberOfMessagesNotVisible"] = str(in_flight)
    attributes["ApproximateNumberOfMessagesDelayed"] = str(delayed)
    return QueueDescription(queue.uid, attributes, dict(definition.tags))


def tag_queue(ledger: Ledger, command: commands.TagQueue) -> None:
    queue = ledger.queue(command.queue)
    _redefine(ledger, queue, catalog.with_tags(queue.definition, command.tags))


def untag_queue(ledger: Ledger, command: commands.UntagQueue) -> None:
    queue = ledger.queue(command.queue)
    _redefine(ledger, queue, catalog.without_tags(queue.definition, command.keys))


def add_permission(ledger: Ledger, command: commands.AddPermission) -> None:
    queue = ledger.queue(command.queue)
    definition = catalog.with_permission(
        queue.definition, command.label, command.accounts, command.actions, ledger.state.now
    )
    _redefine(ledger, queue, definition)


def remove_permission(ledger: Ledger, command: commands.RemovePermission) -> None:
    queue = ledger.queue(command.queue)
    definition = catalog.without_permission(queue.definition, command.label, ledger.state.now)
    _redefine(ledger, queue, definition)


def purge_queue(ledger: Ledger, command: commands.PurgeQueue) -> None:
    """Raises PurgeQueueInProgress within 60 seconds of the last purge."""
    queue = ledger.queue(command.queue)
    now = ledger.state.now
    if queue.purged_at and now < queue.purged_at + limits.PURGE_INTERVAL_S * SECOND:
        raise PurgeQueueInProgress(
            f"Only one PurgeQueue operation on {queue.definition.name} is allowed every "
            f"{limits.PURGE_INTERVAL_S} seconds."
        )
    ledger.write(records.QueuePurged(queue.uid, now))


def list_queues(ledger: Ledger, command: commands.ListQueues) -> QueueNames:
    names = ledger.state.names.get((command.region, command.account), [])
    start = bisect_left(names, command.prefix)
    if command.after:
        start = max(start, bisect_right(names, command.after))
    found: list[str] = []
    for index in range(start, len(names)):
        if not names[index].startswith(command.prefix):
            break
        if len(found) == command.limit:
            return QueueNames(found, True)
        found.append(queue_arn(command.region, command.account, names[index]))
    return QueueNames(found, False)


def list_dead_letter_sources(ledger: Ledger, command: commands.ListDeadLetterSources) -> QueueNames:
    target = ledger.queue(command.queue)
    found = dead_letter_sources(ledger, target)
    start = bisect_right(found, command.after) if command.after else 0
    page = found[start : start + command.limit]
    return QueueNames(page, start + command.limit < len(found))


def dead_letter_sources(ledger: Ledger, target: Queue) -> list[str]:
    """ARNs of the queues whose dead letters go to `target`, sorted; they share its region and
    account."""
    parts = parse_queue_arn(target.arn)
    assert parts is not None
    region, account, _ = parts
    arns = (queue_arn(region, account, name) for name in ledger.state.names[region, account])
    return [arn for arn in arns if ledger.state.by_arn[arn].definition.redrive_target == target.arn]
