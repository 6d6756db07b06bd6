"""Look at access rules as a whole: who sees what, what a change brings, and which policy no test holds."""

from meshwright.access.review.coverage import Unheld, unheld
from meshwright.access.review.difference import ROWS, AccessChange, Examples, Rules, differences
from meshwright.access.review.gains import Holdings, gains
from meshwright.access.review.who import ANYTHING, Sought, who_can

__all__ = [
    "ANYTHING",
    "ROWS",
    "AccessChange",
    "Examples",
    "Holdings",
    "Rules",
    "Sought",
    "Unheld",
    "differences",
    "gains",
    "unheld",
    "who_can",
]
