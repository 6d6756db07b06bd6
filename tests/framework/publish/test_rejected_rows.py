"""Which rejected rows a reader finds: those of the builds whose rows are live."""

from collections.abc import Callable, Sequence
from typing import Annotated

import pytest
from annotated_types import Gt

from meshwright import Contract, Key
from meshwright.engines.polars import PolarsEngine
from meshwright.io.delta import DeltaStore
from meshwright.publish import Publication, live_rejected, publish
from meshwright.rejected import rejected_spec

Prepare = Callable[..., Publication]


class Order(Contract, id="sales.orders", version="1.0.0", on_fail="quarantine"):
    """An order."""

    order_id: Annotated[str, Key()]
    quantity: Annotated[int, Gt(0)]


@pytest.mark.parametrize(
    ("modes", "found"),
    [
        (("overwrite", "overwrite"), ["a1"]),
        (("append", "append"), ["a0", "a1"]),
        (("append", "overwrite", "append"), ["a1", "a2"]),
        (("overwrite", "append", "append"), ["a0", "a1", "a2"]),
    ],
)
def test_rejected_rows_of_a_build_go_when_its_rows_are_overwritten(
    store: DeltaStore, engine: PolarsEngine, prepare: Prepare, modes: Sequence[str], found: list[str]
) -> None:
    for n, mode in enumerate(modes):
        rows = Order.example([{"order_id": f"a{n}", "quantity": 0}, {"order_id": f"b{n}", "quantity": 1}])
        publish(prepare(Order, rows, mode=mode), store=store, engine=engine)

    publication = prepare(Order, Order.example([]))
    spec = rejected_spec(publication.spec)
    shown = live_rejected(store, publication.table, publication.rejected_table, spec).collect()
    assert found == shown["order_id"].sort().to_list()
    assert len(modes) == store.scan(publication.rejected_table).collect().height
