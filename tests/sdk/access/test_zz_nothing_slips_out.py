"""Last of this folder: of all that was told in confidence, nothing stands where others may look."""

import pytest

from sdk.access.principals import allow


@pytest.fixture(scope="module")
def forms(home, confidences):
    """Everything confidential, in every form; also after a run of this file alone."""
    user = home.new_user(allow("*"))
    user.with_key(user.sts.get_session_token())
    key = home.kms.create_key()["KeyMetadata"]["KeyId"]
    confidences.keep(home.kms.generate_data_key(KeyId=key, KeySpec="AES_256")["Plaintext"])
    user.sqs.list_queues()
    # Shorter ones would be found by chance.
    return {form for form in confidences.forms() if len(form) >= 12}


def found_in(data, forms):
    return [form for form in forms if form in data]


def test_no_secret_on_the_disk(guarded, forms):
    files = [path for path in guarded.data.rglob("*") if path.is_file()]
    assert files
    assert any(path.name == "audit.jsonl" for path in files)
    for path in files:
        assert not found_in(path.read_bytes(), forms), path


def test_no_secret_in_what_the_server_prints_and_logs(guarded, forms):
    printed = (guarded.output() + guarded.errors()).encode()
    assert not found_in(printed, forms)


def test_no_secret_in_any_error(confidences, forms):
    texts = "\n".join(confidences.error_texts).encode()
    assert texts or len(confidences.error_texts) == 0
    assert not found_in(texts, forms)


def test_no_bug_was_logged(guarded):
    """Every error of this folder was a refusal, none a failure of the server."""
    assert "Traceback" not in guarded.errors()
    assert '"level": "error"' not in guarded.errors()


def test_no_secret_on_the_disk_after_a_snapshot(guarded, forms):
    """A stop in order writes a snapshot of everything."""
    assert guarded.stop() == 0
    try:
        for path in guarded.data.rglob("*"):
            if path.is_file():
                assert not found_in(path.read_bytes(), forms), path
    finally:
        guarded.start()
