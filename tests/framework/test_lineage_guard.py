"""Transforms that do not return a plan: one line says where, what and what to do, and no value."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import pytest

from meshwright import Contract, Frame, InputPort, Key, product
from meshwright.errors import ConformError, TransformCollects, TransformRaises
from meshwright.lineage import ColumnLineage, column_lineage

HERE = Path(__file__).name
SCHEMAS = {"a": pl.Schema({"id": pl.Int64(), "email": pl.String()}), "b": pl.Schema({"id": pl.Int64()})}


def trace(transform: Callable[[pl.LazyFrame, pl.LazyFrame], Any]) -> ColumnLineage:
    return column_lineage(transform, SCHEMAS, name="sales.orders")


def collects(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    frame = a.select("id").collect()
    return b.join(frame.lazy(), on="id")


def takes_values(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    return a.filter(pl.col("id").is_in(b.collect()["id"].to_list()))


def hides_it(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    try:
        a.collect()
    except Exception:  # noqa: BLE001 - the mistake under test
        return b
    return a


def sinks(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    a.sink_csv("never-written.csv")
    return b


def describes(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    a.describe()
    return b


def collects_all(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    pl.collect_all([b, b])
    return a


def streams(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    a.collect(engine="streaming")
    return b


def asks_sql(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
    return pl.SQLContext(l=a).execute("select * from l", eager=True).lazy().join(b, on="id")


@pytest.mark.parametrize(
    ("transform", "asked", "lines_down"),
    [
        (collects, "a", 1),
        (takes_values, "b", 1),
        (sinks, "a", 1),
        (describes, "a", 1),
        (collects_all, "b", 1),
        (streams, "a", 1),
        (asks_sql, "a", 1),
        (hides_it, "a", 0),
    ],
)
def test_a_transform_that_collects_is_refused_with_its_line(
    transform: Callable[..., Any], asked: str, lines_down: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(TransformCollects) as caught:
        trace(transform)

    line = transform.__code__.co_firstlineno + lines_down
    said = str(caught.value)
    assert said.startswith(f"sales.orders: reads {asked} itself at {HERE}:{line} (keep it lazy")
    assert "\n" not in said
    assert (asked,) == caught.value.inputs


def test_looking_at_schemas_and_constants_is_no_reading() -> None:
    def transform(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        known = pl.LazyFrame({"id": [1, 2]}).collect()
        return a.select(a.collect_schema().names()).join(known.lazy(), on="id").join(b, on="id")

    lineage = trace(transform)

    assert {"id", "email"} == set(lineage.columns)


def test_a_transform_that_raises_names_product_type_and_line_and_no_value() -> None:
    def transform(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        raise ValueError("ada@example.org")

    with pytest.raises(TransformRaises) as caught:
        trace(transform)

    line = transform.__code__.co_firstlineno + 1
    assert str(caught.value).startswith(f"sales.orders: raises ValueError at {HERE}:{line} (")
    assert "ada" not in str(caught.value)


def test_an_unknown_column_is_named() -> None:
    def transform(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        a.select("mail").collect_schema()
        return b

    with pytest.raises(TransformRaises, match='ColumnNotFoundError: unable to find column "mail"'):
        trace(transform)


def test_a_column_that_only_the_finished_plan_misses_is_named_too() -> None:
    with pytest.raises(TransformRaises, match=r'sales.orders: raises ColumnNotFoundError: .*"mail"'):
        trace(lambda a, b: a.select("mail").join(b, how="cross"))


def test_a_column_that_conform_misses_in_a_plan_is_named_at_the_line_that_conforms() -> None:
    class Orders(Contract, id="sales.orders", version="1.0.0"):
        id: Annotated[int, Key()]

    def transform(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        return Orders.conform(a.rename({"mail": "id"}))

    with pytest.raises(TransformRaises) as caught:
        trace(transform)

    assert f" at {HERE}:{transform.__code__.co_firstlineno + 1} (" in str(caught.value)


def test_what_is_no_lazy_frame_is_no_plan() -> None:
    with pytest.raises(TransformRaises, match=r"sales.orders: returns a DataFrame, no lazy frame"):
        trace(lambda a, b: pl.DataFrame())


def test_the_errors_of_the_framework_pass_as_they_are() -> None:
    class Orders(Contract, id="sales.orders", version="1.0.0"):
        order_id: Annotated[str, Key()]

    with pytest.raises(ConformError, match=r"column 'order_id' is missing"):
        trace(lambda a, b: Orders.conform(a))


def test_no_part_of_a_refusal_shows_the_machinery(tmp_path: Path) -> None:
    with pytest.raises(TransformCollects) as caught:
        trace(collects)

    assert "_Sealed" not in "".join(traceback.format_exception(caught.value))


class Person(InputPort, of="sales.customers", version=1):
    id: str
    email: str


class Contact(Contract, id="supply_chain.contacts", version="1.0.0"):
    contact_id: Annotated[str, Key()]
    mail: str


@product(owner="buyers", purpose="purchasing")
def contacts(people: Frame[Person], suffix: str = "-c") -> Frame[Contact]:
    """Everybody we know."""
    return Contact.conform(people.select(contact_id=pl.col("id") + suffix, mail="email"))


def test_a_product_traces_like_its_transform() -> None:
    schemas = {"people": pl.Schema({"id": pl.String(), "email": pl.String()})}

    lineage = column_lineage(contacts, schemas, contacts.parameters, name=contacts.id)

    assert () == lineage.opaque
    assert [("mail", ("people", "email"))] == list(lineage.copies())
