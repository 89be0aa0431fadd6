"""Pages of listings."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tidegate.services.iam.pages import page_in_order, page_of

KEYS = st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=128))


def walked(page, size):
    items, marker = [], None
    while True:
        shown = page(SimpleNamespace(Marker=marker, MaxItems=size))
        assert len(shown.items) <= size
        assert shown.is_truncated is (shown.marker is not None)
        items += shown.items
        marker = shown.marker
        if marker is None:
            return items


@given(KEYS, st.integers(1, 5))
def test_pages_are_the_whole_in_order(keys, size):
    assert walked(lambda request: page_of(keys, request, str), size) == sorted(keys)


@given(st.lists(st.integers()), st.integers(1, 5))
def test_a_list_that_keeps_its_order_keeps_it(items, size):
    assert walked(lambda request: page_in_order(items, request), size) == items


@given(st.text("abcXYZ019_+=,.@-", min_size=1, max_size=128))
def test_a_marker_of_a_name_is_short_enough(name):
    """The model allows 320 characters."""
    page = page_of([name, name + "x"], SimpleNamespace(Marker=None, MaxItems=1), str)
    assert page.marker is not None
    assert len(page.marker) <= 320
