"""Labelled columns written by hand, in nine files; all but `fifth_stranger` were tuned on by now.

Those of `stranger` were written by somebody who had not seen the recognizers, with columns from 25 countries, and
`stranger_apart` is their other half; another one wrote `second_stranger`. Of these two, of `unseen`
and of `third_stranger`, written by a third, only totals were read at first; then their misses were. A fourth one wrote
`fourth_stranger` and its other half, `fourth_stranger_apart`, of which only totals were read at first. Of what a fifth
one wrote, in the proportions that they believe tables have, nothing but totals was read.

Nothing in them is Faker's: forms of values, names of columns and what only looks personal were written down, and
labelled, before anything was measured. A label is for what identifies a person, or is sensitive by itself.
"""

import random
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from labelled_columns import Labelled

Which = Literal[
    "seen",
    "unseen",
    "stranger",
    "stranger_apart",
    "second_stranger",
    "third_stranger",
    "fourth_stranger",
    "fourth_stranger_apart",
    "fifth_stranger",
]
_FOLDER = Path(__file__).parent
_HOLE = re.compile(r"[#%]|\{([^{}]+)\}")
_TYPES: Mapping[str, Callable[[str], object]] = {"int": int, "float": float, "date": date.fromisoformat}


def columns(which: Which, seed: int, rows: int) -> Iterator[Labelled]:
    """Give every column of a file, so many rows each; the same seed draws the same values."""
    read = tomllib.loads((_FOLDER / f"labelled_by_hand_{which}.toml").read_text(encoding="utf-8"))
    pools = {name: words.split() for name, words in read["pools"].items()}
    drawn = random.Random(seed)
    groups = [(label, label, each) for label, each in read["personal"].items()]
    groups += [(kind, None, each) for kind, each in read["other"].items()]
    for kind, label, group in groups:
        for name, forms in group.items():
            yield Labelled(name, kind, [_value(drawn, pools, forms) for _ in range(rows)], label)


def _value(drawn: random.Random, pools: Mapping[str, list[str]], forms: list[str]) -> object:
    form = drawn.choice(forms)
    kind, colon, rest = form.partition(":")
    if colon and kind in _TYPES:
        return _TYPES[kind](_HOLE.sub(partial(_filled, drawn, pools), rest))
    return _HOLE.sub(partial(_filled, drawn, pools), form)


def _filled(drawn: random.Random, pools: Mapping[str, list[str]], hole: re.Match[str]) -> str:
    inner = hole[1]
    if inner is None:
        return str(drawn.randrange(hole[0] == "%", 10))
    if bounds := re.fullmatch(r"(\d+)-(\d+)", inner):
        return str(drawn.randint(int(bounds[1]), int(bounds[2]))).zfill(len(bounds[1]))
    pool, _, spelled = inner.partition("|")
    word = drawn.choice(pools[pool]).replace("_", " ")
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return {"": word, "upper": word.upper(), "ascii": plain.lower().replace("'", "")}[spelled]
