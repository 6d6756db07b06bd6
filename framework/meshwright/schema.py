"""Row models that double as the schemas of frames: contracts, input ports and sources."""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast, get_args, overload

import polars as pl
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import core_schema
from typing_extensions import Unpack

from meshwright import as_of as point_in_time
from meshwright.columns import columns_of
from meshwright.columns.model import as_table_row, check_attributes, check_model
from meshwright.columns.table import check_names, check_table
from meshwright.dtypes import cast_advice, converted, lossless, polars_type
from meshwright.errors import ConformError, DefinitionError, UnknownColumn, nearest
from meshwright.example import example_rows
from meshwright.formats import Csv
from meshwright.markers import Severity
from meshwright.names import own_product_id, product_id
from meshwright.rules import Rule, check_rules, rules_of
from meshwright.spec import ColumnSpec, PortSpec, SourceSpec, Spec

S_co = TypeVar("S_co", bound="Schema", covariant=True)


class Frame(pl.LazyFrame, Generic[S_co]):
    """A `polars.LazyFrame` that claims to fit the schema `S`.

    The claim exists for the type checker alone: at run time every frame is a plain `LazyFrame`.
    """


if TYPE_CHECKING:
    import narwhals as nw

    class PortableFrame(nw.LazyFrame[Any], Generic[S_co]):
        """A `narwhals.LazyFrame` that claims to fit the schema `S`."""

        # narwhals asks for a frame of the same type, and a frame of another schema is none.
        def join(self, other: nw.LazyFrame[Any], *args: Any, **options: Any) -> Self: ...
        def join_asof(self, other: nw.LazyFrame[Any], *args: Any, **options: Any) -> Self: ...

else:

    class PortableFrame(Generic[S_co]):
        """A `narwhals.LazyFrame` that claims to fit the schema `S`.

        A transform whose frames are all portable runs over Polars here, and over what else narwhals speaks elsewhere.
        """


@dataclass(frozen=True, slots=True)
class Meta:
    """What a schema class is beyond its columns."""

    columns: tuple[ColumnSpec, ...] = ()
    id: str = ""
    version: str = ""
    on_fail: Severity = "error"
    rules: tuple[Rule, ...] = ()
    format: object = Csv()


class Schema(BaseModel):
    """One row; the columns are the annotated attributes of the class.

    Pydantic accepts exactly the rows that pass every check on a table: types are strict, datetimes are aware, NaN and
    infinity are refused unless `AllowInfNan(True)` stands on the column.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        populate_by_name=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=False,
        hide_input_in_errors=True,
        protected_namespaces=(),
        ignored_types=(Rule,),
    )
    __mesh__: ClassVar[Meta]

    def __init_subclass__(cls, **config: Unpack[ConfigDict]) -> None:
        check_attributes(cls, Schema)
        super().__init_subclass__(**config)
        cls.__mesh__ = Meta()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        check_model(cls, Schema)
        cls.__mesh__ = replace(cls.__mesh__, columns=columns_of(cls))
        if cls.__mesh__.id or cls.__mesh__.columns:
            cls.__check__()

    @classmethod
    def __check__(cls) -> None:
        """Refuse columns that contradict one another."""
        check_names(cls.__name__, cls.__mesh__.columns)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        columns_of(cls)
        return as_table_row(handler(source), handler)

    @overload
    @classmethod
    def conform(cls, frame: pl.LazyFrame) -> Frame[Self]: ...
    @overload
    @classmethod
    def conform(cls, frame: "nw.LazyFrame[Any]") -> PortableFrame[Self]: ...
    @classmethod
    def conform(cls, frame: "pl.LazyFrame | nw.LazyFrame[Any]") -> "Frame[Self] | PortableFrame[Self]":
        """Select and order the columns of this schema, lazily; cast only where no value can change.

        A narwhals frame must stand on Polars, and stays one. Raises `ConformError` that names every other column with
        the line to write.
        """
        if not isinstance(frame, pl.LazyFrame):
            native: pl.LazyFrame = frame.to_native()
            return cast("PortableFrame[Self]", _portable(cls.conform(native)))
        have = frame.collect_schema()
        problems: list[str] = []
        selected: list[pl.Expr] = []
        for column in cls.__mesh__.columns:
            want, name = polars_type(column.type), column.name
            if name not in have:
                problems.append(f"column {name!r} is missing{nearest(name, have.names())}")
            elif not lossless(have[name], want):
                problems.append(f"column {name!r} is {have[name]}: {_advice(name, have[name], want)}")
            else:
                selected.append(converted(pl.col(name), have[name], want).alias(name))
        if problems:
            raise ConformError(cls.__name__, problems)
        return cast("Frame[Self]", frame.select(selected))

    @classmethod
    def example(cls, rows: Iterable[Mapping[str, object]] = ({},)) -> Frame[Self]:
        """Make a frame for a test: the given values, and valid values for the rest."""
        columns = cls.__mesh__.columns
        known = [c.name for c in columns]
        made = list(rows)
        for row in made:
            for name in row:
                if name not in known:
                    raise UnknownColumn(cls.__name__, name, known)
        schema = {c.name: polars_type(c.type) for c in columns}
        return cast("Frame[Self]", pl.LazyFrame(example_rows(columns, made), schema=schema))

    @classmethod
    def as_of(
        cls, spine: pl.LazyFrame, frame: Frame[Self], *, at: str, within: timedelta | None = None
    ) -> pl.LazyFrame:
        """Join to each row of `spine` the newest fact of `frame` that held and was known at the time in column `at`.

        Height and order of the spine stay. Facts older than `within` count as unknown.
        """
        return point_in_time.as_of(spine, frame, cls.__mesh__.columns, at=at, within=within)


class Contract(Schema):
    """What a data product promises: one row, its meaning and its rules."""

    def __init_subclass__(
        cls, *, id: str, version: str, on_fail: Severity = "error", **config: Unpack[ConfigDict]
    ) -> None:
        super().__init_subclass__(**config)
        own_product_id(id)
        if not _is_version(version):
            raise DefinitionError(cls.__name__, f"version {version!r} is not MAJOR.MINOR.PATCH")
        if on_fail not in get_args(Severity):
            raise DefinitionError(cls.__name__, f"on_fail {on_fail!r} is no severity", f"one of {get_args(Severity)}")
        cls.__mesh__ = Meta(id=id, version=version, on_fail=on_fail, rules=rules_of(cls))

    @classmethod
    def __check__(cls) -> None:
        """Refuse columns and rules that no table can keep."""
        check_table(cls.__name__, cls.__mesh__.columns)
        for column in cls.__mesh__.columns:
            if column.references and column.references.product == cls.__mesh__.id:
                where = f"{cls.__name__}.{column.name}"
                raise DefinitionError(where, "references its own product", "write a @rule")
        check_rules(cls.__name__, cls.__mesh__.rules, cls.__mesh__.columns)


class InputPort(Schema):
    """What a product relies on of another: the columns it reads, and no more."""

    def __init_subclass__(cls, *, of: str, version: int, **config: Unpack[ConfigDict]) -> None:
        super().__init_subclass__(**config)
        product_id(of)
        if type(version) is not int or version < 0:
            raise DefinitionError(cls.__name__, f"version {version!r} is no major version", "write version=1")
        cls.__mesh__ = Meta(id=of, version=str(version))


class Source(Schema):
    """What an operational system hands over, and how it writes it."""

    def __init_subclass__(cls, *, name: str, format: object = Csv(), **config: Unpack[ConfigDict]) -> None:
        super().__init_subclass__(**config)
        cls.__mesh__ = Meta(id=name, format=format)


def _portable(frame: pl.LazyFrame) -> Any:
    import narwhals  # noqa: PLC0415 - whoever hands a frame of it over has it

    return narwhals.from_native(frame)


def spec_of(contract: type[Contract]) -> Spec:
    """State a contract class as a value."""
    meta = contract.__mesh__
    return Spec(
        id=meta.id,
        version=meta.version,
        description=inspect.cleandoc(vars(contract).get("__doc__") or ""),
        columns=meta.columns,
        rules=tuple(r.spec() for r in meta.rules),
        on_fail=meta.on_fail,
    )


def port_of(port: type[InputPort]) -> PortSpec:
    """State an input port as a value."""
    meta = port.__mesh__
    return PortSpec(product=meta.id, major=int(meta.version), columns=meta.columns)


def source_of(source: type[Source]) -> SourceSpec:
    """State a source as a value."""
    meta = source.__mesh__
    return SourceSpec(name=meta.id, format=repr(meta.format), columns=meta.columns)


def _advice(name: str, have: pl.DataType, want: pl.DataType) -> str:
    line = cast_advice(name, have, want)
    return f"write {line}" if line else f"no cast makes it {want}"


def _is_version(version: str) -> bool:
    parts = version.split(".")
    return len(parts) == 3 and all(p.isdecimal() for p in parts)
