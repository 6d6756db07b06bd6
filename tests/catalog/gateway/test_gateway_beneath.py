"""What Arrow keeps beneath a null is sent, too: nothing of a value stands there."""

from decimal import Decimal

import polars as pl
from gateway_lake import CENTRAL, CLASSES, ORDERS_CEDAR, PRINCIPALS, PURPOSES, Served, scalar

from meshwright.access import policies_of
from meshwright.dtypes import polars_type
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, DecimalType, Spec

BUCKETS = CLASSES.replace("[classes.commercial]", '[classes.commercial]\ncoarse = "bucket:1000"')
PRICE = DecimalType(precision=6, scale=2)
PRICES = Spec(
    id="sales.prices",
    version="1.0.0",
    owner="order-desk",
    purpose="operations",
    columns=(
        ColumnSpec(name="price", type=PRICE, nullable=True, classes=("commercial",)),
        scalar("weight", "number", "commercial"),
        scalar("stock", "integer", "commercial"),
    ),
)
COARSE = """
@id("sales.prices.coarse") @why("thousands are enough")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_coarse",
  resource in Mesh::Product::"sales.prices");
"""


def answer(lake: Served, prices: list[str], weights: list[float], stock: list[int]) -> bytes:
    rows = {"price": [Decimal(each) for each in prices], "weight": weights, "stock": stock}
    frame = pl.DataFrame(rows, schema={column.name: polars_type(column.type) for column in PRICES.columns})
    lake.publish(frame, PRICES)
    found = lake.ask({"product": PRICES.id})
    assert 200 == found.status_code, found.text
    return found.content


def test_values_that_have_no_coarse_one_change_no_byte_of_an_answer(lake: Served) -> None:
    lake.policies[0] = policies_of(PolicyTexts(BUCKETS, PURPOSES, PRINCIPALS, CENTRAL))
    lake.register(PRICES, ORDERS_CEDAR.replace("sales.orders", PRICES.id) + COARSE)

    one = answer(lake, ["-9500.25", "1200.00"], [1.5e17, 4.0], [-(2**63) + 7, 5])
    other = answer(lake, ["-9999.99", "1999.99"], [float("nan"), 900.0], [-(2**63) + 99, 800])

    shown = pl.read_ipc_stream(one).to_dicts()
    assert [
        {"price": None, "weight": None, "stock": None},
        {"price": Decimal("1000.00"), "weight": 0.0, "stock": 0},
    ] == shown
    assert one == other
