from uuid import UUID

from tidegate.gateway.request_ids import RequestIds


def test_ids_are_uuids_and_all_different() -> None:
    ids = RequestIds()
    taken = [ids.take() for _ in range(10_000)]
    assert len(set(taken)) == 10_000
    assert {(str(UUID(each)) == each, UUID(each).version) for each in taken} == {(True, 4)}


def test_a_block_of_ids_costs_one_draw() -> None:
    draws: list[int] = []

    def draw(size: int) -> bytes:
        draws.append(size)
        return bytes([len(draws)]) * size

    ids = RequestIds(draw)
    taken = {ids.take() for _ in range(4096)}
    assert draws == [16]
    taken.add(ids.take())
    assert draws == [16, 16]
    assert len(taken) == 4097
