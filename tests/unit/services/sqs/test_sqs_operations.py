import base64
import json

import pytest

from tidegate.api import sqs as api
from tidegate.base.refusals import InvalidAddress


def resource(sqs, operation, **parameters):
    from_call = type("Call", (), {"region": sqs.region})()
    from_call.principal = type("Principal", (), {"account": sqs.account})()
    row = sqs.operations[operation]
    return row.resource(from_call, row.input(**parameters))


def test_every_operation_of_the_model_is_there(sqs):
    assert set(sqs.operations) == set(api.OPERATIONS)
    assert len(sqs.operations) == 23
    for name, row in sqs.operations.items():
        assert row.input is api.OPERATIONS[name].input


def test_batches_need_the_permission_of_the_single_operation(sqs):
    assert sqs.operations["SendMessage"].action == "sqs:SendMessage"
    assert sqs.operations["SendMessageBatch"].action == "sqs:SendMessage"
    assert sqs.operations["DeleteMessageBatch"].action == "sqs:DeleteMessage"
    assert sqs.operations["ChangeMessageVisibilityBatch"].action == "sqs:ChangeMessageVisibility"


def test_the_resource_is_the_queue(sqs):
    assert resource(sqs, "DeleteQueue", QueueUrl=sqs.url) == sqs.arn
    assert resource(sqs, "CreateQueue", QueueName="jobs") == sqs.arn
    assert resource(sqs, "GetQueueUrl", QueueName="jobs") == sqs.arn
    assert resource(sqs, "ListMessageMoveTasks", SourceArn=sqs.arn) == sqs.arn
    handle = json.dumps({"taskId": "id", "sourceArn": sqs.arn}).encode()
    handle = base64.b64encode(handle).decode()
    assert resource(sqs, "CancelMessageMoveTask", TaskHandle=handle) == sqs.arn


def test_the_resource_is_another_accounts_queue(sqs):
    asked = {"QueueName": "jobs", "QueueOwnerAWSAccountId": "111111111111"}
    found = resource(sqs, "GetQueueUrl", **asked)
    assert found == "arn:aws:sqs:eu-west-1:111111111111:jobs"


def test_listing_has_no_resource(sqs):
    assert resource(sqs, "ListQueues") == "*"


def test_a_url_that_is_none_refuses_already_there(sqs):
    with pytest.raises(InvalidAddress):
        resource(sqs, "DeleteQueue", QueueUrl="foo")
