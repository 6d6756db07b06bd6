"""Names that may become paths, identifiers and addresses."""

import re
import unicodedata

from meshwright.errors import InvalidName

_SEGMENT = re.compile(r"[a-z][a-z0-9_]{0,62}")


def segment(name: str, what: str = "name") -> str:
    """Return `name` when it is one safe lower-case segment; raise `InvalidName` otherwise."""
    if _SEGMENT.fullmatch(name) is None:
        raise InvalidName(what, name)
    return name


def product_id(name: str) -> tuple[str, str]:
    """Split `domain.product` into its two checked segments."""
    domain, dot, product = name.partition(".")
    if not dot:
        raise InvalidName("product (domain.product)", name)
    return segment(domain, "domain"), segment(product, "product")


def own_product_id(name: str) -> tuple[str, str]:
    """Split a product's own name; the place of another product's rejected rows, and its policy, are none to take."""
    if governed_by(name) != name:
        raise InvalidName("product (`__rejected` names the rows another product refused)", name)
    return product_id(name)


def with_parents(path: str) -> tuple[str, ...]:
    """Name what a dotted name stands within, from the outermost, and itself: `pii`, `pii.contact`."""
    parts = path.split(".")
    return tuple(".".join(parts[:n]) for n in range(1, len(parts) + 1))


_LETTERS = str.maketrans(
    {"ß": "ss", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D"}
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th"}
)
"""Letters that no accent makes of a plain one."""


def snake_case(name: str) -> str:
    """Spell any name as a segment: `OrderID` and `Order ID` become `order_id`; empty when nothing is left of it."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode()
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain)
    cleaned = re.sub(r"[^0-9a-zA-Z]+", "_", words).strip("_").lower()[:60]
    return f"n_{cleaned}" if cleaned[:1].isdigit() else cleaned


def printable(text: str) -> str:
    """Replace control characters, which could move a terminal's cursor or colour its lines."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def governed_by(product: str) -> str:
    """Name the product whose policies hold: a product's rejected rows obey those of the product."""
    return product.removesuffix("__rejected")
