"""A name that is far too long is one clear error in every command that takes one."""

import pytest
from shop import Shop

LONG = "a" * 5_000


@pytest.mark.parametrize(
    "words",
    [
        ("lineage", f"sales.{LONG}"),
        ("lineage", "sales.bills", "--path", f"sales.{LONG}"),
        ("lineage", f"sales.bills.{LONG}", "--impact"),
        ("show", f"sales.{LONG}"),
        ("read", f"sales.{LONG}"),
        ("access", "explain", f"sales.{LONG}"),
        ("search", LONG),
    ],
    ids=lambda words: " ".join(words)[:30],
)
def test_a_name_that_is_too_long_is_one_short_error(shop: Shop, words: tuple[str, ...]) -> None:
    answer = shop.run(*words)

    assert 2 == answer.code
    assert answer.err.startswith("error: ")
    assert "unexpected" not in answer.err
    assert len(answer.err) < 400
