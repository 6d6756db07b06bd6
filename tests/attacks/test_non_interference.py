"""Whatever is asked, other values in hidden cells change no byte of the answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from attacked import CONTACTS, CONTACTS_CEDAR, PEOPLE, attacked, contacts
from gateway_lake import Served, frame
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

CHANGED = [
    {**person, "margin": None if n % 3 else -n, "place": {"city": person["place"]["city"], "note": "?" * n}}
    for n, person in enumerate(PEOPLE)
]
NAMES = ["contact_no", "region", "email", "born", "phones", "place", "place.city", "place.note", "margin", "nothing"]
names = st.sampled_from(NAMES)
values = st.sampled_from(["EU", "C-3", "1965-01-01", 7_310_003, -1, "", "note03qzx", "???", None, True])
compares = st.fixed_dictionaries({"op": st.sampled_from(["eq", "ne", "lt", "ge"]), "column": names, "value": values})
conditions = compares | st.fixed_dictionaries({"op": st.just("is_null"), "column": names})
filters = st.recursive(
    conditions,
    lambda inner: st.fixed_dictionaries({"op": st.just("and"), "of": st.lists(inner, min_size=1, max_size=2)}),
)
orders = st.fixed_dictionaries({"column": names, "descending": st.booleans()})
measures = st.fixed_dictionaries(
    {"name": st.just("x"), "function": st.sampled_from(["count", "sum", "max"]), "column": names}
)
queries: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"purpose": st.sampled_from(["analytics", "analytics", "operations", "fraud"])},
    optional={
        "columns": st.lists(names, max_size=3, unique=True),
        "levels": st.dictionaries(names, st.sampled_from(["clear", "coarse", "token", "hidden"]), max_size=2),
        "filter": filters,
        "order_by": st.lists(orders, max_size=2),
        "limit": st.integers(0, 12),
        "aggregate": st.fixed_dictionaries({"by": st.lists(names, max_size=1), "of": st.lists(measures, max_size=1)}),
        "version": st.sampled_from([0, 1]),
    },
)
POLICIES = [
    CONTACTS_CEDAR,
    CONTACTS_CEDAR.replace("see_token", "see_coarse"),
    CONTACTS_CEDAR.replace("see_token", "see_clear"),
    CONTACTS_CEDAR.replace("when { principal in", "unless { principal in"),
    "",
]
"""None of them shows a column of the class commercial to anybody, nor reads one."""

forms = st.sampled_from(["application/json", "text/csv", "application/vnd.apache.arrow.stream"])


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """Two lakes that differ in hidden cells alone."""
    with attacked(tmp_path_factory.mktemp("one")) as one, attacked(tmp_path_factory.mktemp("other")) as other:
        one.publish(frame(PEOPLE, CONTACTS), CONTACTS)
        other.publish(frame(CHANGED, CONTACTS), CONTACTS)
        yield one, other


@settings(max_examples=150)
@given(query=queries, who=st.sampled_from(["ana", "ben", "eve"]), form=forms, policies=st.sampled_from(POLICIES))
def test_hidden_cells_change_no_byte_of_an_answer(
    both: tuple[Served, Served], query: dict[str, Any], who: str, form: str, policies: str
) -> None:
    for served in both:
        served.register(CONTACTS, policies)
    answers = [contacts(served, query, who, Accept=form, X_Request_ID="same-id-1234") for served in both]
    heads = [[pair for pair in answer.headers.raw if pair[0].lower() != b"date"] for answer in answers]

    assert answers[0].status_code == answers[1].status_code
    assert answers[0].content == answers[1].content
    assert heads[0] == heads[1]
