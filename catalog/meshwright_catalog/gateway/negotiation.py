"""Which form and which compression a client asks for, by `Accept` and `Accept-Encoding`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from meshwright.masks import CodedTokens
from meshwright_catalog.gateway.formats import ArrowWriter, CsvWriter, JsonWriter, ParquetWriter, Writer

ARROW = "application/vnd.apache.arrow.stream"
PARQUET = "application/vnd.apache.parquet"
CSV = "text/csv"
JSON = "application/json"

Encoding = Literal["identity", "gzip", "zstd"]

Written = Callable[[Mapping[str, CodedTokens]], Writer]
"""Make what writes an answer, of which some columns come coded."""

_WRITERS: Mapping[str, Written] = {
    ARROW: ArrowWriter,
    PARQUET: lambda _: ParquetWriter(),
    CSV: lambda _: CsvWriter(),
    JSON: lambda _: JsonWriter(),
}
"""What is preferred stands first."""
MEDIA_TYPES = tuple(_WRITERS)
_PARAMETERS = {CSV: "; charset=utf-8; header=present"}
_CODECS = ("zstd", "lz4")
_ENCODINGS: tuple[Encoding, ...] = ("zstd", "gzip")


@dataclass(frozen=True, slots=True)
class Form:
    """A media type as it is answered, what writes it, and how the answer is compressed on its way.

    `coded`: tokens are taken as places in dictionaries.
    """

    content_type: str
    writer: Written
    encoding: Encoding = "identity"
    coded: bool = False


@dataclass(frozen=True, slots=True)
class _Wish:
    """One element of a header: its name, its parameters and its weight."""

    name: str
    weight: float
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])


def form_of(accept: str, accept_encoding: str) -> Form | None:
    """Choose the form with the highest weight, Arrow where nothing is said; None when none is acceptable.

    Arrow's own compression (`codecs="zstd"` or `"lz4"` beside its media type) and Parquet's take the place of one of
    the whole answer. `dictionaries="tokens"` beside Arrow's media type takes columns of tokens as dictionaries.
    """
    wishes = list(_wishes(accept)) or [_Wish("*/*", 1)]
    media_type = max(_WRITERS, key=lambda known: _weight(known, wishes))
    if _weight(media_type, wishes) <= 0:
        return None
    if media_type == ARROW:
        return _arrow(wishes, accept_encoding)
    encoding = "identity" if media_type == PARQUET else _encoding(accept_encoding)
    return Form(media_type + _PARAMETERS.get(media_type, ""), _WRITERS[media_type], encoding)


def _encoding(header: str) -> Encoding:
    wishes = {wish.name: wish.weight for wish in _wishes(header)}
    plain = wishes.get("identity", 0.0)
    best = max(_ENCODINGS, key=lambda name: wishes.get(name, 0.0))
    return best if wishes.get(best, 0.0) > plain else "identity"


def _arrow(wishes: list[_Wish], accept_encoding: str) -> Form:
    codec = next((codec for codec in _named(wishes, "codecs") if codec in _CODECS), None)
    coded = "tokens" in _named(wishes, "dictionaries")
    content_type = ARROW + (f'; codecs="{codec}"' if codec else "") + ('; dictionaries="tokens"' if coded else "")
    encoding = "identity" if codec else _encoding(accept_encoding)
    return Form(content_type, lambda found: ArrowWriter(found, codec), encoding, coded)


def _named(wishes: list[_Wish], parameter: str) -> list[str]:
    """List what a parameter beside Arrow's media type names."""
    return [c.strip() for wish in wishes if wish.name == ARROW for c in wish.parameters.get(parameter, "").split(",")]


def _weight(media_type: str, wishes: list[_Wish]) -> float:
    """Give a type its weight: what names it counts before what names its kind, and that before `*/*` (RFC 9110)."""
    kind = media_type.partition("/")[0]
    for name in (media_type, f"{kind}/*", "*/*"):
        found = [wish.weight for wish in wishes if wish.name == name]
        if found:
            return max(found)
    return 0.0


def _wishes(header: str) -> Iterator[_Wish]:
    for element in _split(header[:4096], ","):
        name, *rest = (part.strip() for part in _split(element, ";"))
        pairs = [part.partition("=") for part in rest]
        parameters = {key.strip().lower(): value.strip().strip('"').lower() for key, _, value in pairs}
        if name:
            yield _Wish(name.lower(), _number(parameters.pop("q", "1")), parameters)


def _split(text: str, at: str) -> Iterator[str]:
    """Split outside of quotes."""
    part, quoted = "", False
    for character in text:
        quoted ^= character == '"'
        if character == at and not quoted:
            yield part
            part = ""
        else:
            part += character
    yield part


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
