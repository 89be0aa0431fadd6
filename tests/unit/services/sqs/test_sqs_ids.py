import uuid

from tidegate.services.sqs.ids import message_ids


def test_ids_are_random_uuids_of_version_4():
    new_id = message_ids()
    ids = [new_id() for _ in range(2_000)]
    assert len(set(ids)) == 2_000
    for text in ids:
        parsed = uuid.UUID(text)
        assert (str(parsed), parsed.version, parsed.variant) == (text, 4, uuid.RFC_4122)


def test_ids_are_made_of_the_random_bytes_given():
    new_id = message_ids(lambda n: bytes(range(16)) * (n // 16))
    assert new_id() == "00010203-0405-4607-8809-0a0b0c0d0e0f"
