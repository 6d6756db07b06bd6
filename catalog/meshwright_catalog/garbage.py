"""How often a process that answers questions looks for garbage."""

import gc

YOUNG = 20_000
"""So many new objects are looked through at once; by default 700, which for one impact is many times."""


def collect_seldom() -> None:
    """Leave what was imported out of every search for garbage, and search less often.

    To look through all of it made one answer in twenty slow. Objects that refer to one another in a circle are freed
    later than by default; all others at once, as ever.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
