"""What a class may declare: every annotation that no table can keep is refused at import, in one line with a hint."""

# pyright: reportUnusedClass=false
# A class whose declaration is refused is never used.

import datetime as dt
import decimal
import enum
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional

import pytest
from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MultipleOf, Predicate
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, create_model

from meshwright import (
    AllowInfNan,
    Class,
    Column,
    Contract,
    Decimals,
    EventTime,
    InputPort,
    Key,
    KnownAt,
    Matches,
    Pii,
    References,
    Schema,
    Source,
    Vector,
    spec_of,
)
from meshwright.errors import DefinitionError, InvalidName, ShadowedName, UnsupportedType
from meshwright.spec import ColumnSpec

MAYBE = Optional[int]  # noqa: UP045 - the older spelling
AWARE = dt.datetime(2026, 1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))

PART = Annotated[str, References("rnd.parts", "id")]


class Numbers(enum.Flag):
    """Members may be combined."""

    ONE = 1


class Open(enum.Enum):
    """Any value is let in."""

    A = "a"

    @classmethod
    def _missing_(cls, value: object) -> "Open":
        return cls.A


class Plain(BaseModel):
    """No Schema: it would let NaN and unknown fields in."""

    x: int


class Nested(Schema):
    """One field."""

    x: int


class Keyed(Schema):
    """A mark that only a column of its own can carry."""

    x: Annotated[int, Key()]


def contract(*annotations: Any, **named: Any) -> type[Contract]:
    """Declare a contract with these columns, named a, b, ..."""
    fields: dict[str, Any] = {**dict(zip("abc", annotations, strict=False)), **named}
    declared: dict[str, Any] = {name: kind if isinstance(kind, tuple) else (kind, ...) for name, kind in fields.items()}
    return create_model("Made", __base__=Contract, __cls_kwargs__={"id": "sales.made", "version": "1.0.0"}, **declared)


def column(annotation: Any) -> ColumnSpec:
    return spec_of(contract(annotation)).columns[0]


def of(kind: Any, *marks: object) -> Any:
    return Annotated[(kind, *marks)]


REFUSED: list[tuple[Any, str]] = [
    (of(str, Ge(1)), "Ge cannot limit a column of type string (it may carry Len, Matches)"),
    (of(int, Len(1)), "Len cannot limit a column of type integer (it may carry Ge, Gt, Le, Lt, MultipleOf)"),
    (of(int, Matches("x")), "Matches cannot limit a column of type integer"),
    (of(bool, Ge(0)), "Ge cannot limit a column of type boolean (it carries none; write a @rule)"),
    (of(dt.date, MultipleOf(2)), "MultipleOf cannot limit a column of type date"),
    (of(Nested, Len(1)), "Len cannot limit a column of type struct"),
    (of(Literal["a"], Len(1)), "Len cannot limit a closed vocabulary"),
    (of(int, AllowInfNan()), "AllowInfNan cannot limit a column of type integer"),
    (of(list[float], Vector(3), Len(1)), "Len cannot limit a column of type vector"),
    (of(int, Ge(0), Ge(1)), "carries Ge twice (keep the stricter one)"),
    (of(int, Ge(0), Interval(ge=1)), "carries Ge twice"),
    (of(str, Matches("a"), Matches("b")), "carries Matches twice"),
    (of(int, Key(), Key()), "carries Key twice"),
    (of(int, Ge(0.5)), "a limit of type float on a column of type integer (an int of 64 bits)"),
    (of(int, Ge(2**63)), "a limit of type int on a column of type integer (an int of 64 bits)"),
    (of(int, Ge(True)), "a limit of type bool on a column of type integer"),
    (of(float, Ge(float("nan"))), "a limit of type float on a column of type number (a finite number)"),
    (of(float, Ge("1")), "a limit of type str on a column of type number"),
    (of(Decimal, Decimals(9, 2), Ge(0.1)), 'a limit of type float on a column of type decimal (an int'),
    (of(dt.date, Ge(AWARE)), "a limit of type datetime on a column of type date"),
    (of(dt.datetime, Ge(AWARE.replace(tzinfo=None))), "a limit of type datetime on a column of type timestamp"),
    (of(int, MultipleOf(0)), "MultipleOf of zero or less"),
    (of(Decimal, Decimals(4, 2), MultipleOf(Decimal("0.125"))), "MultipleOf(0.125) is no value of Decimals(4, 2)"),
    (of(Decimal, Decimals(2, 2), MultipleOf(2)), "MultipleOf(2) is no value of Decimals(2, 2)"),
    (of(int, Ge(2), Lt(2)), "no value is above ge and below lt"),
    (of(int, Gt(3), Le(2)), "no value is above gt and below le"),
    (of(str, Len(3, 2)), "no value is above min_length and below max_length"),
    (of(str, Matches("(?=a)")), "Matches has no valid regular expression (the syntax is that of Rust's regex"),
    (of(str, Matches(r"(a)\1")), "Matches has no valid regular expression"),
    (of(str, Matches("a)|(?:b")), "Matches has no valid regular expression"),
    (of(Decimal, Decimals(39, 2)), "Decimals(39, 2) is no decimal type (precision is 1 to 38"),
    (of(Decimal, Decimals(2, 3)), "Decimals(2, 3) is no decimal type"),
    (of(int, Decimals(9, 2)), "Decimals stands on a column that is no Decimal"),
    (of(list[int], Vector(3)), "Vector stands on list[int] (annotate it list[float])"),
    (of(float, Vector(3)), "Vector stands on float"),
    (of(list[float], Vector(0)), "a vector of length 0"),
    (of(str, Class("Über")), "'Über' is no name of a class"),
    (of(str, Pii("")), "'pii.' is no name of a class"),
    (of(int | None, Key()), "a key cannot be null (drop `| None`)"),
    (of(float, Key()), "a key of type number (a key is text, a whole number, a date or a time)"),
    (of(list[int], Key()), "a key of type list"),
    (of(Nested, Key()), "a key of type struct"),
    (of(str, EventTime()), "EventTime on string (mark a datetime)"),
    (of(str, References("sales.made", "a")), "references its own product"),
    (Keyed, "a nested field cannot carry key (give it a column of its own)"),
    (list[PART], "a nested field cannot carry references"),
    (of(str, StringConstraints(to_lower=True)), "PydanticGeneralMetadata cannot be checked on a table (use Ge"),
    (of(str, Field(pattern="x")), "PydanticGeneralMetadata cannot be checked on a table"),
    (of(int, Field(strict=True)), "Strict cannot be checked on a table"),
    (of(str, AfterValidator(str.strip)), "AfterValidator cannot be checked on a table"),
    (of(int, Predicate(bool)), "Predicate cannot be checked on a table"),
    (of(int, Column("x")) | None, "FieldInfo cannot be checked on a table"),
    ((int, 7), "has a default (a table stores every value: set it in the transform)"),
    ((MAYBE, 7), "has a default"),
    ((int, None), "has a default"),
]  # fmt: skip
UNSUPPORTED: list[tuple[Any, str]] = [
    (int | str, "type int | str cannot be published (a column has one type, or one type `| None`)"),
    (Literal["a", 1], "type vocabulary of int, str cannot be published (all text, or all whole numbers of 64 bits)"),
    (Literal[True], "type vocabulary of bool cannot be published"),
    (Literal[2**63], "type vocabulary of int cannot be published"),
    (Numbers, "type Numbers cannot be published (an Enum lists its values: no Flag, no _missing_)"),
    (Open, "type Open cannot be published"),
    (Plain, "type Plain cannot be published (derive it from Schema)"),
    (dt.timedelta, 'type timedelta cannot be published (store a float with Unit("s"))'),
    (dt.time, "type time cannot be published (store text with Matches"),
    (uuid.UUID, "type UUID cannot be published (store text with Matches(...))"),
    (dict[str, int], "type dict[str, int] cannot be published (name the fields in a Schema class)"),
    (set[int], "type set[int] cannot be published (use list[...])"),
    (tuple[int, int], "type tuple[int, int] cannot be published (use list[...])"),
    (Any, "type Any cannot be published (name the type)"),
    (complex, "type complex cannot be published (use str, int, float, bool, date, datetime, bytes, Decimal, Literal"),
    (list, "type list cannot be published"),
    (decimal.Context, "type Context cannot be published"),
]


@pytest.mark.parametrize(("annotation", "line"), REFUSED)
def test_a_column_that_no_table_can_keep_is_refused_in_one_line(annotation: Any, line: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        contract(annotation)

    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("annotation", "line"), UNSUPPORTED)
def test_a_type_that_no_contract_can_carry_is_refused_with_what_would_do(annotation: Any, line: str) -> None:
    with pytest.raises(UnsupportedType) as caught:
        contract(annotation)

    assert str(caught.value).startswith(f"Made.a: {line}")


TABLES: list[tuple[dict[str, Any], str]] = [
    ({}, "Made: has no column (annotate at least one attribute)"),
    ({"a": of(int, Column("x")), "b": of(int, Column("x"))}, "Made: has 2 columns named 'x' (name each once)"),
    ({"part": int, "Part": int}, "Made: 2 columns are 'part' but for their case (Delta holds one of them)"),
    ({"a": of(int, Column("_failed"))}, "Made._failed: a leading underscore is kept for the mesh's own columns"),
    ({"a": of(int, Column("unit price"))}, "Made.unit price: a name with spaces or punctuation, which Delta refuses"),
    ({"a": of(int, Column("a.b"))}, "Made.a.b: a name with spaces or punctuation, which Delta refuses"),
    (
        {"a": of(str, Key(keep="first")), "b": of(str, Key(keep="last"))},
        "Made: the parts of the key keep different rows (give each Key the same `keep`)",
    ),
    (
        {"a": of(dt.datetime, KnownAt()), "b": of(dt.datetime, KnownAt())},
        "Made: has 2 columns marked KnownAt (mark one)",
    ),
]


@pytest.mark.parametrize(("columns", "line"), TABLES)
def test_columns_that_contradict_one_another_are_refused(columns: dict[str, Any], line: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        contract(**columns)

    assert str(caught.value).startswith(line)


def test_a_name_with_a_leading_underscore_is_refused_where_pydantic_would_skip_it() -> None:
    with pytest.raises(DefinitionError, match=r"Made._row: a leading underscore is kept for the mesh's own columns"):

        class Made(Contract, id="sales.made", version="1.0.0"):
            """A column that would be lost."""

            _row: int


def test_a_column_that_hides_a_method_is_told_the_marker() -> None:
    with pytest.raises(ShadowedName, match=r'write copy_: Annotated\[..., Column\("copy"\)\]'):

        class Made(Contract, id="sales.made", version="1.0.0"):
            """A column named like a method of Pydantic's."""

            copy: int  # type: ignore[assignment] # what is refused  # pyright: ignore[reportIncompatibleMethodOverride]


def test_a_class_may_not_contain_itself() -> None:
    with pytest.raises(DefinitionError, match="contains itself"):

        class Node(Schema):
            """A tree."""

            children: "list[Node]"


def test_an_annotation_that_cannot_be_resolved_says_so() -> None:
    with pytest.raises(UnsupportedType, match="define or import it above the class"):

        class Made(Contract, id="sales.made", version="1.0.0"):
            """A type that is nowhere."""

            x: "Nowhere"  # type: ignore[name-defined] # noqa: F821 - what is refused  # pyright: ignore[reportUndefinedVariable]


def test_references_name_a_product() -> None:
    with pytest.raises(InvalidName):
        contract(of(str, References("parts", "id")))


@pytest.mark.parametrize(
    "annotation",
    [
        of(int, Ge(0)) | None,
        of(int | None, Ge(0)),
        of(MAYBE, Ge(0)),
        Optional[of(int, Ge(0))],  # noqa: UP045 - the older spelling
    ],
)
def test_both_spellings_of_optional_are_one_with_marks_inside_or_outside(annotation: Any) -> None:
    found = column(annotation)

    assert found.nullable
    assert 0 == found.constraints.ge


def test_null_is_the_only_default() -> None:
    assert spec_of(contract((MAYBE, None))).columns[0].nullable


def test_limits_are_written_in_one_way() -> None:
    assert "0.1" == column(of(Decimal, Decimals(9, 2), Ge(Decimal("0.10")))).constraints.ge
    assert "100" == column(of(Decimal, Decimals(9, 2), Ge(Decimal("1E+2")))).constraints.ge
    assert "2026-01-01T00:00:00+00:00" == column(of(dt.datetime, Ge(AWARE))).constraints.ge
    assert 1.0 == column(of(float, Ge(1))).constraints.ge


def test_foreign_marks_that_change_nothing_may_stand_beside_ours() -> None:
    assert 0 == column(of(int, "a note", Ge(0))).constraints.ge


def test_sources_may_have_the_names_that_operational_systems_use() -> None:
    class Erp(Source, name="erp.orders"):
        """Names with spaces, and by case."""

        a: Annotated[int, Column("Order ID")]
        b: Annotated[int, Column("_id")]

    assert ["Order ID", "_id"] == [c.name for c in Erp.__mesh__.columns]


def test_a_port_that_names_no_product_is_refused() -> None:
    with pytest.raises(InvalidName):

        class Port(InputPort, of="parts", version=1):
            """No domain."""

            x: int
