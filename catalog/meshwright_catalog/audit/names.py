"""Names of products as the audit keeps them."""

from meshwright.errors import InvalidName
from meshwright.names import product_id


def product_named(typed: str) -> str:
    """Keep what can name a product, also one that nobody registered; "?" for anything else, which may be a value."""
    try:
        product_id(typed)
    except InvalidName:
        return "?" if typed else ""
    return typed
