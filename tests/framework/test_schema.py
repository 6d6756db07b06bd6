"""Schemas: what conform casts, refuses and says; what Pydantic takes as a row; how classes become values."""

# pyright: reportUnusedClass=false
# A class whose declaration is refused is never used.

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import polars as pl
import pytest
from annotated_types import Ge
from pydantic import ConfigDict, ValidationError, field_validator, model_validator

from meshwright import Contract, Csv, Decimals, Frame, InputPort, Key, Schema, Source, rule, spec_of
from meshwright.errors import ConformError, DefinitionError, InvalidName, UnknownColumn
from meshwright.schema import port_of, source_of

MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


class Grade(Enum):
    """A vocabulary."""

    A = "a"


class Place(Schema):
    """Two fields."""

    x: float
    name: str


class Order(Contract, id="sales.orders", version="1.2.0", on_fail="quarantine"):
    """One row per order."""

    number: Annotated[int, Key()]
    """Counts from 1."""
    price: Annotated[Decimal, Decimals(9, 2)]
    at: dt.datetime
    grade: Grade
    place: Place | None

    @rule
    def positive() -> pl.Expr:
        """Nothing is free."""
        return pl.col("price") > 0


ROW: dict[str, Any] = {"number": 1, "price": Decimal("9.5"), "at": MOMENT, "grade": "a", "place": None}


def test_conform_selects_orders_and_casts_what_keeps_every_value() -> None:
    frame = pl.LazyFrame(
        {
            "extra": ["x"],
            "place": pl.Series(
                [{"name": "here", "x": 1.5}], dtype=pl.Struct({"name": pl.Categorical, "x": pl.Float32})
            ),
            "grade": pl.Series(["a"], dtype=pl.Enum(["a", "b"])),
            "at": pl.Series([MOMENT], dtype=pl.Datetime("ms", "Europe/Berlin")),
            "price": pl.Series([9], dtype=pl.UInt8),
            "number": pl.Series([1], dtype=pl.UInt32),
        }
    )

    found = Order.conform(frame).collect()

    assert pl.Schema(
        {
            "number": pl.Int64(),
            "price": pl.Decimal(9, 2),
            "at": pl.Datetime("us", "UTC"),
            "grade": pl.String(),
            "place": pl.Struct({"x": pl.Float64(), "name": pl.String()}),
        }
    ) == (found.schema)
    assert [(1, Decimal(9), MOMENT, "a", {"x": 1.5, "name": "here"})] == found.rows()


def test_a_null_struct_stays_null_when_its_fields_change_places() -> None:
    places = pl.Series([None, {"name": "here", "x": None}], dtype=pl.Struct({"name": pl.String, "x": pl.Float64}))

    found = Order.conform(Order.example([{}, {}]).with_columns(place=pl.lit(places))).collect()

    assert [None, {"x": None, "name": "here"}] == found["place"].to_list()


def test_conform_names_every_problem_in_one_line_with_what_to_write() -> None:
    frame = Order.example().drop("grade").rename({"place": "plaze"}).with_columns(
        at=pl.lit(MOMENT.replace(tzinfo=None)), number=pl.col("number").cast(pl.Float64)
    )  # fmt: skip

    with pytest.raises(ConformError) as caught:
        Order.conform(frame)

    assert (
        "Order: column 'number' is Float64: write pl.col(\"number\").round().cast(pl.Int64); "
        "column 'at' is Datetime(time_unit='us', time_zone=None): write pl.col(\"at\").dt.replace_time_zone(\"UTC\"); "
        "column 'grade' is missing; known: at, number, plaze, price; "
        "column 'place' is missing; did you mean 'plaze'?"
    ) == str(caught.value)


def test_conform_says_when_no_cast_would_do() -> None:
    with pytest.raises(ConformError, match=r"column 'number' is List\(Int64\): no cast makes it Int64"):
        Order.conform(Order.example().with_columns(number=pl.concat_list("number")))


def test_conform_reads_no_data() -> None:
    def unread(_: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError("read")

    schema = Order.example().collect_schema()

    assert isinstance(Order.conform(Order.example().map_batches(unread, schema=schema)), pl.LazyFrame)


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("at", dt.datetime(2026, 1, 1), "timezone_aware"),  # noqa: DTZ001 - what is refused
        ("at", "2026-01-01T00:00:00Z", "datetime_type"),
        ("number", True, "int_type"),
        ("number", "1", "int_type"),
        ("number", 1.0, "int_type"),
        ("price", 9.5, "is_instance_of"),
        ("price", Decimal("9.555"), "decimal_max_places"),
        ("grade", "b", "is_instance_of"),
        ("place", {"x": float("nan"), "name": ""}, "finite_number"),
        ("place", {"x": 1.0, "name": "", "z": 1}, "extra_forbidden"),
        ("other", 1, "extra_forbidden"),
    ],
)
def test_pydantic_refuses_what_no_typed_column_holds(field: str, value: object, kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Order.model_validate(ROW | {field: value})

    assert kind in {error["type"] for error in caught.value.errors()}
    assert "input_value" not in str(caught.value), "an error quotes no value"


def test_a_vocabulary_takes_values_and_members() -> None:
    assert Grade.A is Order.model_validate(ROW).grade
    assert Grade.A is Order.model_validate(ROW | {"grade": Grade.A}).grade


def test_json_rows_are_read_in_the_form_of_json() -> None:
    row = Order.model_validate_json(
        '{"number": 1, "price": "9.5", "at": "2026-01-01T00:00:00Z", "grade": "a", "place": null}'
    )

    assert Order.model_validate(ROW) == row


def test_a_row_model_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Order.model_validate(ROW).number = 2


def test_a_contract_is_stated_as_a_value() -> None:
    spec = spec_of(Order)

    assert ("sales.orders", "1.2.0", "quarantine") == (spec.id, spec.version, spec.on_fail)
    assert "One row per order." == spec.description
    assert ("sales", "orders", 1, ("number",)) == (spec.domain, spec.product, spec.major, spec.keys)
    assert "Counts from 1." == spec.columns[0].description
    (positive,) = spec.rules
    assert ("positive", "Nothing is free.", ("price",)) == (positive.name, positive.description, positive.columns)


def test_a_contract_that_extends_another_inherits_columns_and_rules() -> None:
    class Later(Order, id="sales.later", version="2.0.0"):
        """One column more."""

        more: int

        @rule
        def enough() -> pl.Expr:
            """Not none."""
            return pl.col("more") > 0

    assert ["positive", "enough"] == [r.name for r in spec_of(Later).rules]
    assert "more" == spec_of(Later).columns[-1].name
    assert ["positive"] == [r.name for r in spec_of(Order).rules]


def test_ports_and_sources_are_stated_as_values() -> None:
    class Port(InputPort, of="sales.orders", version=1):
        """One column."""

        number: int

    class Erp(Source, name="erp.orders", format=Csv(delimiter=";")):
        """One column."""

        number: int

    assert ("sales.orders", 1, "number") == (port_of(Port).product, port_of(Port).major, port_of(Port).columns[0].name)
    assert ("erp.orders", repr(Csv(delimiter=";"))) == (source_of(Erp).name, source_of(Erp).format)


@pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "1.0.x", "1.0.0.0", ""])
def test_a_version_has_three_numbers(version: str) -> None:
    with pytest.raises(DefinitionError, match=r"is not MAJOR.MINOR.PATCH"):
        type("Made", (Contract,), {"__annotations__": {"x": int}}, id="sales.made", version=version)


@pytest.mark.parametrize("name", ["orders", "Sales.orders", "sales.orders.x", "../x.y", "sales."])
def test_an_id_names_domain_and_product(name: str) -> None:
    with pytest.raises(InvalidName):
        type("Made", (Contract,), {"__annotations__": {"x": int}}, id=name, version="1.0.0")


def test_pydantic_validators_are_refused_for_they_see_no_table() -> None:
    with pytest.raises(DefinitionError, match=r"Made.stripped: a Pydantic validator sees no table \(write a @rule\)"):

        class Made(Contract, id="sales.made", version="1.0.0"):
            """A validator."""

            x: str

            @field_validator("x")
            @classmethod
            def stripped(cls, value: str) -> str:
                return value.strip()

    with pytest.raises(DefinitionError, match="a Pydantic validator sees no table"):

        class Whole(Schema):
            """A validator of the whole row."""

            x: str

            @model_validator(mode="before")
            @classmethod
            def any_row(cls, row: object) -> object:
                return row


def test_settings_that_change_which_rows_are_valid_are_refused() -> None:
    with pytest.raises(DefinitionError, match="setting str_strip_whitespace changes which rows are valid"):

        class Made(Schema):
            """Another setting."""

            model_config = ConfigDict(str_strip_whitespace=True)
            x: str


def test_example_frames_take_given_values_and_fill_the_rest() -> None:
    frame: Frame[Order] = Order.example([{"number": 7}, {}])

    assert [7, 2] == frame.collect()["number"].to_list()
    assert 2 == frame.collect()["at"].count()


def test_an_example_with_an_unknown_column_names_the_nearest() -> None:
    with pytest.raises(UnknownColumn, match=r"Order: no column 'nummber'; did you mean 'number'\?"):
        Order.example([{"nummber": 7}])


def test_errors_of_limits_name_class_and_attribute() -> None:
    with pytest.raises(DefinitionError, match=r"^Made.x: Ge cannot limit"):

        class Made(Schema):
            """A limit on text."""

            x: Annotated[str, Ge(1)]


def test_a_contract_without_a_version_is_refused() -> None:
    with pytest.raises(TypeError, match="version"):
        type("Made", (Contract,), {"__annotations__": {"x": int}}, id="sales.made")


def test_a_severity_is_one_of_three() -> None:
    with pytest.raises(DefinitionError, match="Made: on_fail 'ignore' is no severity"):
        type("Made", (Contract,), {"__annotations__": {"x": int}}, id="sales.made", version="1.0.0", on_fail="ignore")


def test_a_port_binds_to_a_major_version() -> None:
    with pytest.raises(DefinitionError, match=r"Made: version '1' is no major version \(write version=1\)"):
        type("Made", (InputPort,), {"__annotations__": {"x": int}}, of="sales.made", version="1")


def test_a_word_that_is_no_choice_of_its_mark_is_one_line() -> None:
    newest: Any = "newest"

    with pytest.raises(DefinitionError) as caught:
        type("Made", (Schema,), {"__annotations__": {"x": Annotated[int, Key(keep=newest)]}})

    assert str(caught.value).startswith("Made.x: keep: input should be 'none', 'first' or 'last'")
    assert "\n" not in str(caught.value)
