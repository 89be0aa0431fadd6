"""Last of this folder: of all that was told in confidence, nothing stands where others may look."""

import pytest

from sdk.access.expect import eventually, files_in
from sdk.access.principals import Principal, allow
from sdk.refusals import refused


@pytest.fixture(scope="module")
def forms(home, confidences):
    """Everything confidential, in every form; also after a run of this file alone."""
    user = home.new_user(allow("*"))
    user.with_key(user.sts.get_session_token())
    key = home.kms.create_key()["KeyMetadata"]["KeyId"]
    confidences.keep(home.kms.generate_data_key(KeyId=key, KeySpec="AES_256")["Plaintext"])
    user.sqs.list_queues()
    thief = Principal(home.endpoint, confidences, user.access_key, "t" * 40)
    with refused(("SignatureDoesNotMatch", "InvalidSignatureException"), status=None):
        thief.sqs.list_queues()
    # Shorter ones would be found by chance.
    return {form for form in confidences.forms() if len(form) >= 12}


def found_in(data, forms):
    return [form for form in forms if form in data]


def test_no_secret_on_the_disk(guarded, forms):
    names = set()
    for path, content in files_in(guarded.data):
        names.add(path.name)
        assert not found_in(content, forms), path
    assert "audit.jsonl" in names


def test_what_is_no_secret_is_found(guarded, home, forms):
    """So that the tests here look in the right places: a key's id stands in the trail."""
    user = home.new_user()
    user.sts.get_caller_identity()
    files = [guarded.data / "audit" / "audit.jsonl"]
    eventually(lambda: any(user.access_key.encode() in path.read_bytes() for path in files))


def test_no_secret_in_what_the_server_prints_and_logs(guarded, forms):
    printed = (guarded.output() + guarded.errors()).encode()
    assert not found_in(printed, forms)


def test_no_secret_in_any_error(confidences, forms):
    assert confidences.error_texts
    assert not found_in("\n".join(confidences.error_texts).encode(), forms)


def test_no_bug_was_logged(guarded):
    """Every error of this folder was a refusal, none a failure of the server."""
    assert "Traceback" not in guarded.errors()
    assert '"level": "error"' not in guarded.errors()


def test_no_secret_on_the_disk_after_a_snapshot(guarded, forms):
    """A stop in order writes a snapshot of everything."""
    assert guarded.stop() == 0
    try:
        for path, content in files_in(guarded.data):
            assert not found_in(content, forms), path
    finally:
        guarded.start()
