"""What the events of a build say that did not end well."""

import json
from typing import Any

import polars as pl
import pytest
from shop import Shop

from meshwright.errors import BuildStopped
from meshwright.mesh import building


def last_event(shop: Shop) -> Any:
    return json.loads((shop.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8").splitlines()[-1])


def raising(error: BaseException) -> Any:
    def publish(*_: object, **__: object) -> pl.LazyFrame:
        raise error

    return publish


def test_a_stopped_build_says_which_checks_failed_and_for_how_many_rows(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "publish", raising(BuildStopped("sales.orders", {"quantity.lt": 2}, 4)))

    with pytest.raises(BuildStopped):
        shop.mesh().build("sales.orders", force=True)

    event = last_event(shop)
    [told] = event["run"]["facets"]["test"]["tests"]
    assert "FAIL" == event["eventType"]
    assert ("quantity.lt", "fail", "error", "2") == (told["name"], told["status"], told["severity"], told["actual"])


def test_a_build_that_is_interrupted_says_abort(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "publish", raising(KeyboardInterrupt()))

    with pytest.raises(KeyboardInterrupt):
        shop.mesh().build("sales.orders", force=True)

    assert "ABORT" == last_event(shop)["eventType"]
