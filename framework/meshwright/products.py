"""Data products and consumers: functions over frames, with an owner and a purpose."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Generic, Literal, ParamSpec, TypeVar, cast, get_args, get_origin, get_type_hints

import polars as pl

from meshwright.errors import DefinitionError
from meshwright.portable import over_polars
from meshwright.schema import Contract, Frame, InputPort, PortableFrame, Schema, Source, port_of, source_of, spec_of
from meshwright.spec import SlaSpec, Spec

P = ParamSpec("P")
C_co = TypeVar("C_co", bound=Contract, covariant=True)
C = TypeVar("C", bound=Contract)

Mode = Literal["overwrite", "append"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sla:
    """What a consumer may count on, in the words of ODCS; `availability` is a share of 1."""

    latency: timedelta | None = None
    frequency: timedelta | None = None
    retention: timedelta | None = None
    availability: float | None = None


@dataclass(frozen=True)
class Product(Generic[P, C_co]):
    """A data product; calling it calls its transform."""

    transform: Callable[P, Frame[C_co]]
    owner: str
    purpose: str
    sla: Sla = Sla()
    mode: Mode = "overwrite"
    tags: tuple[str, ...] = ()
    partition_by: tuple[str, ...] = ()
    may_be_empty: bool = False

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Frame[C_co]:
        return self.transform(*args, **kwargs)

    @cached_property
    def contract(self) -> type[C_co]:
        """The class that the transform's return annotation names."""
        found = _schema(get_type_hints(self.transform, include_extras=True).get("return"))
        if found is None or not issubclass(found, Contract):
            raise DefinitionError(_where(self.transform), "returns no Frame[<Contract>]", "annotate the return value")
        return cast("type[C_co]", found)

    @property
    def id(self) -> str:
        """The product's name, `domain.product`."""
        return self.contract.__mesh__.id

    @cached_property
    def inputs(self) -> Mapping[str, type[Schema]]:
        """The schema of each input, by the name of the parameter."""
        return inputs_of(self.transform)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The default of each parameter that is no input."""
        return parameters_of(self.transform)

    @cached_property
    def spec(self) -> Spec:
        """State the whole promise as a value."""
        sla = SlaSpec(
            latency=self.sla.latency,
            frequency=self.sla.frequency,
            retention=self.sla.retention,
            availability=self.sla.availability,
        )
        schemas = self.inputs.values()
        return spec_of(self.contract).model_copy(
            update={
                "owner": self.owner,
                "purpose": self.purpose,
                "tags": self.tags,
                "partition_by": self.partition_by,
                "sla": sla,
                "ports": tuple(port_of(s) for s in schemas if issubclass(s, InputPort)),
                "sources": tuple(source_of(s) for s in schemas if issubclass(s, Source)),
            }
        )


def product(  # noqa: PLR0913 - what a product states, each by its name
    *,
    owner: str,
    purpose: str,
    sla: Sla = Sla(),
    mode: Mode = "overwrite",
    tags: tuple[str, ...] = (),
    partition_by: tuple[str, ...] = (),
    may_be_empty: bool = False,
) -> Callable[[Callable[P, Frame[C] | PortableFrame[C]]], Product[P, C]]:
    """Declare a data product: the annotations of the function are its ports.

    Unless it `may_be_empty`, a build that would put no rows in the place of some is refused.
    """

    def declare(transform: Callable[P, Frame[C] | PortableFrame[C]]) -> Product[P, C]:
        # Over Polars a portable frame is handed back as the frame that it stands on.
        native = cast("Callable[P, Frame[C]]", over_polars(transform))
        return Product(native, owner, purpose, sla, mode, tags, partition_by, may_be_empty)

    return declare


@dataclass(frozen=True)
class Consumer(Generic[P]):
    """A reader of data products that publishes none, such as a training set; calling it calls its function."""

    function: Callable[P, pl.LazyFrame]
    owner: str
    purpose: str
    tags: tuple[str, ...] = field(default=())
    spine: str = ""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> pl.LazyFrame:
        return self.function(*args, **kwargs)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @cached_property
    def inputs(self) -> Mapping[str, type[Schema]]:
        """The schema of each input, by the name of the parameter."""
        return inputs_of(self.function)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The default of each parameter that is no input."""
        return parameters_of(self.function)


def consumer(*, owner: str, purpose: str, spine: str = "") -> Callable[[Callable[P, pl.LazyFrame]], Consumer[P]]:
    """Declare a consumer: it reads under its purpose and publishes nothing.

    `spine` names the input of whose rows a training set has one each, by that port's keys.
    """

    def declare(function: Callable[P, pl.LazyFrame]) -> Consumer[P]:
        return Consumer(over_polars(function), owner, purpose, spine=spine)

    return declare


def inputs_of(function: Callable[..., Any]) -> Mapping[str, type[Schema]]:
    """Read the schema of each input from a function's annotations."""
    hints = get_type_hints(function, include_extras=True)
    found = {name: _schema(hint) for name, hint in hints.items() if name != "return"}
    inputs = {name: schema for name, schema in found.items() if schema is not None}
    for name, schema in inputs.items():
        if not issubclass(schema, InputPort | Source):
            where = f"{_where(function)}, input {name!r}"
            raise DefinitionError(
                where, f"{schema.__name__} is no InputPort or Source", "declare the columns you rely on"
            )
    return inputs


def parameters_of(function: Callable[..., Any]) -> Mapping[str, Any]:
    """Read the parameters that are no inputs; each needs a default."""
    inputs = inputs_of(function)
    rest = {n: p for n, p in inspect.signature(function).parameters.items() if n not in inputs}
    for name, parameter in rest.items():
        if parameter.default is inspect.Parameter.empty:
            where = f"{_where(function)}, parameter {name!r}"
            raise DefinitionError(where, "is no Frame[...] and has no default", "annotate it or give it a default")
    return {name: parameter.default for name, parameter in rest.items()}


def _schema(hint: Any) -> type[Schema] | None:
    if get_origin(hint) in {Frame, PortableFrame}:
        (schema,) = get_args(hint)
        return cast("type[Schema]", schema)
    return None


def _where(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"
