"""What holds a secret and stays in its process."""

from typing import NoReturn

from meshwright.errors import KeptHere


class Sealed:
    """A part of a plan, or what a part of one refers to, that is written nowhere: pickling it is refused.

    Polars serialises a plan by pickling the functions in it, and what those refer to.
    """

    __slots__ = ()

    def __reduce__(self) -> NoReturn:
        """Raise `KeptHere`."""
        raise KeptHere
