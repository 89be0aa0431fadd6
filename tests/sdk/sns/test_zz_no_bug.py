"""Last of this folder: every error of it was a refusal, none a failure of the server."""


def test_no_bug_was_logged(publisher):
    assert "Traceback" not in publisher.errors()
    assert '"level": "error"' not in publisher.errors()
