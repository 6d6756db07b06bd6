"""What Arrow keeps beneath a null and beside a slice would be sent, too: nothing stands there."""

from decimal import Decimal
from struct import pack

import polars as pl
from gateway_lake import CENTRAL, CLASSES, ORDERS_CEDAR, PRINCIPALS, PURPOSES, Served, scalar

from meshwright.access import policies_of
from meshwright.dtypes import polars_type
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, DecimalType, ListType, Spec

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
NAMES = Spec(
    id="sales.names",
    version="1.0.0",
    owner="order-desk",
    purpose="operations",
    columns=(
        scalar("id", "integer"),
        ColumnSpec(name="names", type=ListType(items=scalar("item")), nullable=True),
        scalar("weight", "number"),
    ),
)
ONE_ROW = """
@id("sales.names.rows") @why("one is enough")
permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.names")
  when { resource has id && resource.id == 6 };
"""
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


def test_of_rows_that_a_policy_hides_no_text_and_no_number_goes_along(lake: Served) -> None:
    lake.register(NAMES, ORDERS_CEDAR.replace("sales.orders", NAMES.id) + ONE_ROW)
    names = [[f"HIDDEN{number:02}"] for number in range(30)]
    rows = {"id": list(range(30)), "names": names, "weight": [None if n % 3 == 0 else 77.77 for n in range(30)]}
    lake.publish(pl.DataFrame(rows, schema={c.name: polars_type(c.type) for c in NAMES.columns}), NAMES)

    found = lake.ask({"product": NAMES.id})

    assert [{"id": 6, "names": ["HIDDEN06"], "weight": None}] == pl.read_ipc_stream(found.content).to_dicts()
    assert 1 == found.content.count(b"HIDDEN")
    assert pack("<d", 77.77) not in found.content
