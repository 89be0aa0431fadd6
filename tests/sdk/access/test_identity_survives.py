"""Users, keys, roles, policies, sessions and keys of KMS, after a stop and after a kill."""

import pytest

from sdk.access.expect import denied
from sdk.access.principals import HOME, Account, allow, deny, policy, trust
from sdk.queue_under_test import Queue
from sdk.refusals import refused


class Everything:
    """What is made before the server ends, and looked at after it has started again."""

    def __init__(self, root):
        self.root = root
        self.user = root.new_user(allow("sqs:SendMessage"), allow("sts:*"), allow("kms:*"))
        self.sender = root.new_user(allow("sqs:*"))
        self.inactive = root.new_user(allow("*"))
        root.iam.update_access_key(
            UserName=self.inactive.name, AccessKeyId=self.inactive.access_key, Status="Inactive"
        )
        self.deleted = root.new_user(allow("*"))
        root.iam.delete_access_key(UserName=self.deleted.name, AccessKeyId=self.deleted.access_key)
        self.managed = root.new_policy(allow("sqs:ListQueues"))
        root.iam.create_policy_version(
            PolicyArn=self.managed,
            PolicyDocument=policy(allow("sqs:GetQueueUrl")),
            SetAsDefault=True,
        )
        root.iam.attach_user_policy(UserName=self.user.name, PolicyArn=self.managed)
        self.group = root.new_group(self.user)
        root.iam.put_group_policy(
            GroupName=self.group, PolicyName="d", PolicyDocument=policy(deny("sqs:PurgeQueue"))
        )
        self.boundary = root.new_policy(allow("sqs:SendMessage"))
        root.iam.put_user_permissions_boundary(
            UserName=self.sender.name, PermissionsBoundary=self.boundary
        )
        self.role = root.new_role(trust(HOME), allow("sqs:ReceiveMessage"))
        self.session = self.user.assume(self.role.arn)
        self.own_session = self.user.with_key(self.user.sts.get_session_token())
        self.key = root.kms.create_key()["KeyMetadata"]["Arn"]
        root.kms.create_alias(AliasName="alias/mine", TargetKeyId=self.key)
        self.blob = root.kms.encrypt(KeyId=self.key, Plaintext=b"kept")["CiphertextBlob"]
        root.kms.rotate_key_on_demand(KeyId=self.key)
        self.newer = root.kms.encrypt(KeyId=self.key, Plaintext=b"newer")["CiphertextBlob"]
        root.kms.create_grant(
            KeyId=self.key, GranteePrincipal=self.sender.arn, Operations=["Encrypt"]
        )
        self.signing = root.kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")[
            "KeyMetadata"
        ]["KeyId"]
        self.signed = {
            "KeyId": self.signing,
            "Message": b"message",
            "SigningAlgorithm": "ECDSA_SHA_256",
        }
        self.signature = root.kms.sign(**self.signed)["Signature"]
        self.disabled = root.kms.create_key()["KeyMetadata"]["KeyId"]
        root.kms.disable_key(KeyId=self.disabled)
        self.plain = self._queue("plain")
        self.sealed = self._queue("sealed", KmsMasterKeyId=self.key)
        self.shared = self._queue("shared")
        statement = allow("sqs:SendMessage", self.shared.arn, Principal="*")
        self.shared.set(Policy=policy(statement))
        self.plain.send("by sqs")
        self.sealed.send("by kms")

    def _queue(self, name, **attributes):
        answer = self.root.sqs.create_queue(QueueName=name, Attributes=attributes)
        return Queue(self.root.sqs, answer["QueueUrl"])

    def details(self):
        """All of IAM, as GetAccountAuthorizationDetails tells it."""
        answer = self.root.iam.get_account_authorization_details(
            Filter=["User", "Role", "Group", "LocalManagedPolicy"]
        )
        return {name: answer[name] for name in answer if name.endswith(("List", "Policies"))}

    def look(self):
        root, user = self.root, self.user
        send = {"QueueUrl": self.plain.url, "MessageBody": "x"}
        assert user.sts.get_caller_identity()["Arn"] == user.arn
        user.sqs.get_queue_url(QueueName="plain")
        for action in ("list_queues", "purge_queue"):
            with denied():
                getattr(user.sqs, action)(
                    **({"QueueUrl": self.plain.url} if action == "purge_queue" else {})
                )
        user.sqs.send_message(**send)
        self.sender.sqs.send_message(**send)
        with denied("permissions boundary"):
            self.sender.sqs.list_queues()
        for gone in (self.inactive, self.deleted):
            with refused(("InvalidClientTokenId", "UnrecognizedClientException"), status=None):
                gone.sts.get_caller_identity()
        assert self.own_session.sts.get_caller_identity()["Arn"] == user.arn
        assert self.session.sts.get_caller_identity()["Arn"] == self.session.arn
        with denied("sqs:SendMessage"):
            self.session.sqs.send_message(**send)
        user.assume(self.role.arn)
        self._look_at_kms(root)
        (body,) = [message["Body"] for message in self.sealed.receive(VisibilityTimeout=0)]
        assert body == "by kms"
        assert "by sqs" in self._drained()

    def _look_at_kms(self, root):
        assert root.kms.decrypt(CiphertextBlob=self.blob)["Plaintext"] == b"kept"
        assert root.kms.decrypt(CiphertextBlob=self.newer)["Plaintext"] == b"newer"
        assert root.kms.describe_key(KeyId="alias/mine")["KeyMetadata"]["Arn"] == self.key
        assert root.kms.verify(Signature=self.signature, **self.signed)["SignatureValid"]
        self.sender.kms.encrypt(KeyId=self.key, Plaintext=b"x")
        with refused("DisabledException"):
            root.kms.encrypt(KeyId=self.disabled, Plaintext=b"x")

    def _drained(self):
        return {
            message["Body"]
            for _ in range(10)
            for message in self.plain.receive(VisibilityTimeout=0)
        }


@pytest.mark.parametrize("end", ["killed", "stopped and killed"])
def test_everything_is_there_again(new_server, confidences, end):
    server = new_server()
    everything = Everything(Account(server.endpoint, confidences, HOME))
    everything.look()
    before = everything.details()
    for ending in end.split(" and "):
        if ending == "stopped":
            assert server.stop() == 0
        else:
            server.kill()
        server.start()
        after = everything.details()
        assert without_use(after) == without_use(before)
        everything.look()


def without_use(details):
    """When something was last used may be told late, so it is no part of the comparison."""
    for role in details["RoleDetailList"]:
        role.pop("RoleLastUsed", None)
    return details


def test_a_kill_right_after_an_answer_loses_nothing(new_server, confidences):
    server = new_server()
    root = Account(server.endpoint, confidences, HOME)
    user = root.new_user(allow("sqs:ListQueues"))
    key = root.kms.create_key()["KeyMetadata"]["KeyId"]
    made = root.kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    user.may(allow("sqs:CreateQueue"))
    server.kill()
    server.start()
    with denied("sqs:ListQueues"):
        user.sqs.list_queues()
    user.sqs.create_queue(QueueName="q")
    opened = root.kms.decrypt(CiphertextBlob=made["CiphertextBlob"])
    assert opened["Plaintext"] == made["Plaintext"]


def test_a_key_that_was_switched_off_stays_off_after_a_kill(new_server, confidences):
    server = new_server()
    root = Account(server.endpoint, confidences, HOME)
    user = root.new_user(allow("*"))
    user.sqs.list_queues()
    root.iam.update_access_key(UserName=user.name, AccessKeyId=user.access_key, Status="Inactive")
    server.kill()
    server.start()
    with refused(("InvalidClientTokenId", "UnrecognizedClientException"), status=None):
        user.sqs.list_queues()
