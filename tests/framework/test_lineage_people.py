"""Whom a declassified group is counted by are those whose values are summed up, however rows came together."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from meshwright import declassify
from meshwright.errors import DeclassifierRefused, DefinitionError, MeshError
from meshwright.lineage import ColumnLineage, Origin, column_lineage

c = pl.col
SCHEMAS = {
    "p": pl.Schema(
        {"who": pl.Int64(), "g": pl.String(), "h": pl.String(), "t": pl.Int64(), "u": pl.Int64(), "w": pl.Int64()}
    ),
    "o": pl.Schema({"who": pl.Int64(), "g": pl.String(), "t": pl.Int64(), "rate": pl.Int64()}),
}
SECRET = {Origin("p", "t"), Origin("o", "t")}
K = 3
Transform = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]


def trace(transform: Transform) -> ColumnLineage:
    def called(p: pl.LazyFrame, o: pl.LazyFrame) -> pl.LazyFrame:
        return transform(p, o)

    return column_lineage(called, SCHEMAS, name="shop.sums")


def total(column: str = "t", each: str = "who", **times: str) -> pl.Expr:
    return declassify.total(column, each=each, at_least=K, **times)


def kept(lineage: ColumnLineage, column: str = "x") -> set[Origin]:
    """Name the secret columns that are still known to stand in an output."""
    found = lineage.columns[column].items()
    return {
        o
        for o, kinds in found
        if o in SECRET and (not kinds or any(k.type == "DIRECT" and not k.masking for k in kinds))
    }


def own(p: pl.LazyFrame) -> pl.LazyFrame:
    """Leave one's own value beside everybody else of one's group, as a join of an input with itself does."""
    return p.select("who", "g", "t").join(p.select("g", q="who"), on="g")


def beside_itself(p: pl.LazyFrame) -> pl.LazyFrame:
    return pl.concat([p.select("t", "who"), p.select(q="who").sort("q")], how="horizontal")


def only(p: pl.LazyFrame, **made: pl.Expr) -> pl.LazyFrame:
    return p.with_columns(**made).group_by("g").agg(x=total())


OTHER_ROWS = "'t' holds values of other rows of p than 'q' does .*same side of the join"
CONDITION = "a condition decides what stands in 't' .*filter before the groups"
MADE = "'t' holds what is made up or comes from other rows"
SEVERAL = r"'t' is made of several columns .*total\(column, times=other\)"
REFUSED: dict[str, tuple[str, Transform]] = {
    "self-join": (OTHER_ROWS, lambda p, _: own(p).group_by("who").agg(x=total(each="q"))),
    "self-join, mean": (
        OTHER_ROWS,
        lambda p, _: own(p).group_by("who").agg(x=declassify.mean("t", each="q", at_least=K)),
    ),
    "self-join of what is kept in memory": (
        OTHER_ROWS,
        lambda p, _: own(p.cache()).group_by("who").agg(x=total(each="q")),
    ),
    "side by side in memory": (
        OTHER_ROWS,
        lambda p, _: beside_itself(p.cache()).group_by("who").agg(x=total(each="q")),
    ),
    "cross join": (
        OTHER_ROWS,
        lambda p, _: p.select("who", "t").join(p.select(q="who"), how="cross").group_by("who").agg(x=total(each="q")),
    ),
    "other side": (
        OTHER_ROWS,
        lambda p, _: p.select("g", q="who").join(p, on="g").group_by("who").agg(x=total(each="q")),
    ),
    "side by side": (
        OTHER_ROWS,
        lambda p, _: (
            pl.concat([p.select("t", "who"), p.select(q="who").sort("q")], how="horizontal")
            .group_by("who")
            .agg(x=total(each="q"))
        ),
    ),
    "over a window": (OTHER_ROWS, lambda p, _: own(p).select(x=total(each="q").over("who"))),
    "first sum, then others": (
        OTHER_ROWS,
        lambda p, _: own(p).group_by("who", "q").agg(c.t.max()).group_by("who").agg(x=total(each="q")),
    ),
    "no key tells whose": (
        OTHER_ROWS.replace("'q'", "'g'"),
        lambda p, _: (
            p.select("g", "w").join(p.select("t", "w"), on="w").group_by("g").agg(c.t.max()).select(x=total(each="g"))
        ),
    ),
    "when": (CONDITION, lambda p, _: only(p, t=pl.when(c.who == 7).then(c.t).otherwise(0))),
    "filled": (CONDITION, lambda p, _: only(p, t=c.t.fill_null(0))),
    "coalesced": (CONDITION, lambda p, _: only(p, t=pl.coalesce("t", "u"))),
    "compared": (CONDITION, lambda p, _: only(p, t=(c.who == 7).cast(pl.Int64) * c.t)),
    "clipped": (CONDITION, lambda p, _: only(p, t=c.t.clip(0, c.w))),
    "filtered in a group": (
        CONDITION,
        lambda p, _: p.group_by("who", "g").agg(c.t.filter(c.w == 1).max()).group_by("g").agg(x=total()),
    ),
    "several": (SEVERAL, lambda p, _: only(p, t=c.t * c.w + c.u)),
    "product": (SEVERAL, lambda p, _: only(p, t=c.t * c.w)),
    "shifted": (MADE, lambda p, _: only(p, t=c.t.shift(1))),
    "reversed": (MADE, lambda p, _: only(p, t=c.t.reverse())),
    "sorted": (MADE, lambda p, _: only(p, t=c.t.sort())),
    "a window": (MADE, lambda p, _: only(p, t=c.t.max().over("h"))),
    "filled forward": (MADE, lambda p, _: only(p, t=c.t.forward_fill())),
    "null as a value": (MADE, lambda p, _: only(p, t=c.t.hash())),
    "a series": (MADE, lambda p, _: only(p, t=c.t * pl.lit(pl.Series([1])))),
    "weights made up": (
        MADE.replace("'t'", "'f'"),
        lambda p, _: p.join(pl.LazyFrame({"who": [7], "f": [1]}), on="who").group_by("g").agg(x=total(times="f")),
    ),
    "unpivoted": (
        "'n' holds what is made up",
        lambda p, _: p.unpivot(on=["t", "u"], index=["who", "g"], value_name="n").group_by("g").agg(x=total("n")),
    ),
    "explode of two": (
        MADE,
        lambda p, _: p.with_columns(t=pl.concat_list("t", "u")).explode("t").group_by("g").agg(x=total()),
    ),
    "two columns below one another": (
        "'t' is put together from several frames",
        lambda p, _: (
            pl.concat([p.filter(c.who == 7).select("who", "g", "t"), p.select("who", "g", t="u")])
            .group_by("g")
            .agg(x=total())
        ),
    ),
    "nulls below": (
        "'t' is put together from several frames",
        lambda p, _: (
            pl.concat([p.filter(c.who == 7).select("who", "g", "t"), p.select("who", "g", t=c.t * 0)])
            .group_by("g")
            .agg(x=total())
        ),
    ),
    "merged keys": (
        "'who' does not come as it is",
        lambda p, o: p.join(o.select("who", "rate"), on="who", how="full", coalesce=True).group_by("g").agg(x=total()),
    ),
    "a sum of sums": (
        "'t' is a sum already.*it is the same sum",
        lambda p, _: p.group_by("who", "g").agg(c.t.sum()).group_by("g").agg(x=total()),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_group_that_hides_nobody_is_refused_and_says_why_and_what_to_do(name: str) -> None:
    said, transform = REFUSED[name]

    with pytest.raises(DeclassifierRefused, match=f"^shop.sums: .* over at least 3 .*{said}"):
        trace(transform)


SOUND: dict[str, Transform] = {
    "as it comes": lambda p, _: p.group_by("g").agg(x=total()),
    "the end of a text": lambda p, _: only(p, t=c.t.cast(pl.String).str.tail(3).str.to_uppercase().cast(pl.Int64)),
    "renamed": lambda p, _: p.rename({"t": "n", "who": "q"}).group_by("g").agg(x=total("n", each="q")),
    "changed": lambda p, _: only(p, t=((c.t * 2 + 1).cast(pl.Float64).round(1) / c.t).abs()),
    "filtered": lambda p, _: p.filter(c.who > 3, c.t > 2).unique("who").sort("t").head(20).group_by("g").agg(x=total()),
    "own rows often": lambda p, _: (
        p.select("who", "g", "t").join(p.select("g", "h"), on="g").group_by("h").agg(x=total())
    ),
    "the right side": lambda p, _: (
        p.select("g").join(p.select("g", "t", q="who"), on="g").group_by("g").agg(x=total(each="q"))
    ),
    "by who one is": lambda p, _: (
        p.select("who", "g").join(p.select("who", "t"), on="who").group_by("g").agg(x=total())
    ),
    "by who one is, in another input": lambda p, o: (
        p.select("who", "g").join(o.select("who", "t"), on="who", how="left").group_by("g").agg(x=total())
    ),
    "as of": lambda p, o: (
        p.select("who", "g", "u")
        .sort("u")
        .join_asof(o.select("who", "t", "rate").sort("rate"), left_on="u", right_on="rate", by="who")
        .group_by("g")
        .agg(x=total())
    ),
    "one's mean first": lambda p, _: p.group_by("who", "g").agg(c.t.mean()).group_by("g").agg(x=total()),
    "one's mean among others": lambda p, _: (
        own(p).group_by("who", "q", "g").agg(c.t.max()).group_by("g").agg(x=total())
    ),
    "a product": lambda p, _: p.group_by("g").agg(x=total(times="w")),
    "a product with another input": lambda p, o: (
        p.join(o.select("g", "rate").unique("g"), on="g").group_by("h").agg(x=total(times="rate"))
    ),
    "below one another": lambda p, _: (
        pl.concat([p.filter(c.u > 1).select("who", "g", "t"), p.filter(c.u < 0).select("who", "g", "t")])
        .group_by("g")
        .agg(x=total())
    ),
    "one's own list": lambda p, _: p.group_by("who", "g").agg("t").explode("t").group_by("g").agg(x=total()),
    "with an index": lambda p, _: p.with_row_index("n").group_by("g").agg(x=total()),
    "a window": lambda p, _: p.select(x=total().over("g")),
    "unnested": lambda p, _: p.with_columns(s=pl.struct("h")).unnest("s", separator=".").group_by("g").agg(x=total()),
}


@pytest.mark.parametrize("name", SOUND)
def test_rows_that_come_together_in_other_ways_take_the_class_away(name: str) -> None:
    lineage = trace(SOUND[name])

    assert (set(), ()) == (kept(lineage), lineage.opaque)


def test_values_of_an_input_that_nobody_is_counted_in_keep_their_class() -> None:
    lineage = trace(lambda p, o: p.drop("t").join(o.drop("who"), on="g").group_by("h").agg(x=total()))

    assert {Origin("o", "t")} == kept(lineage)


def test_who_is_counted_does_not_weigh() -> None:
    with pytest.raises(DefinitionError, match="each and times are 'who'"):
        total(times="who")


def test_a_zero_as_a_weight_hides_nobody() -> None:
    frame = pl.LazyFrame({"who": [1, 2, 3, 4], "t": [5, 6, 7, 0], "w": [1, 1, 0, 1]})

    assert 11 == frame.select(x=total(times="w")).collect().item()
    with pytest.raises(pl.exceptions.ComputeError, match="groups of fewer than 3"):
        frame.filter(c.who < 4).select(x=total(times="w")).collect()


class Made:
    """A frame under construction; `random` chooses for each step."""

    def __init__(self, frame: pl.LazyFrame, p: pl.LazyFrame, o: pl.LazyFrame, seed: int) -> None:
        self.frame, self.p, self.o, self.random, self.new = frame, p, o, Random(seed), f"_{seed}"
        self.names = frame.collect_schema().names()

    def number(self) -> str:
        return self.random.choice([n for n, d in self.frame.collect_schema().items() if d.is_numeric()])

    def one(self) -> pl.LazyFrame:
        return self.random.choice([self.p, self.o, self.frame, self.p.filter(c.who == 1)])

    def on(self, other: pl.LazyFrame) -> str:
        shared = [n for n in other.collect_schema() if n in self.names and n in ("who", "g", "h", "q")]
        return self.random.choice(shared or ["none"])


def joined(m: Made, how: Any) -> pl.LazyFrame:
    other = m.one()
    return m.frame.join(other, on=m.on(other), how=how, suffix=m.new, maintain_order="left_right")


def grouped(m: Made) -> pl.LazyFrame:
    keys = m.random.sample([n for n in m.names if n.startswith(("who", "g", "h", "q"))], 2)
    how = m.random.choice(["max", "mean", "first", "sum", "count", "n_unique"])
    return m.frame.group_by(keys, maintain_order=True).agg(getattr(c(n), how)() for n in m.names if n not in keys)


def below(m: Made) -> pl.LazyFrame:
    same = m.random.choice([m.frame, m.frame.filter(c(m.number()) == 1), m.frame.with_columns(t=m.number())])
    return pl.concat([same, m.frame.filter(c(m.number()) > 1)])


STEPS: dict[str, Callable[[Made], pl.LazyFrame]] = {
    "inner": lambda m: joined(m, "inner"),
    "left": lambda m: joined(m, "left"),
    "right": lambda m: joined(m, "right"),
    "full": lambda m: joined(m, "full"),
    "cross": lambda m: m.frame.join(m.p.select("who", "t").rename({"who": "q", "t": m.new}), how="cross"),
    "beside another": lambda m: m.frame.join(
        m.p.select("g", q="who"), on="g", suffix=m.new, maintain_order="left_right"
    ),
    "rename": lambda m: m.frame.rename({"who": f"who{m.new}"}),
    "swap": lambda m: m.frame.with_columns(t=m.number()),
    "count by": lambda m: m.frame.with_columns(who=m.random.choice([n for n in m.names if n.startswith(("who", "q"))])),
    "arithmetic": lambda m: m.frame.with_columns(t=c.t * c(m.number()) + m.random.randint(0, 1)),
    "when": lambda m: m.frame.with_columns(t=pl.when(c.who == 1).then(c.t).otherwise(m.random.choice([1, None]))),
    "fill": lambda m: m.frame.with_columns(t=c.t.fill_null(1)),
    "shift": lambda m: m.frame.with_columns(c(m.number()).shift(1)),
    "window": lambda m: m.frame.with_columns(c(m.number()).max().over("g")),
    "filter": lambda m: m.frame.filter(c.who <= m.random.randint(1, 6)),
    "unique": lambda m: m.frame.unique(m.random.choice(m.names), keep="first", maintain_order=True),
    "group": grouped,
    "below": below,
    "index": lambda m: m.frame.with_row_index(f"q{m.new}"),
    "explode": lambda m: m.frame.with_columns(t=pl.concat_list("t", m.number())).explode("t"),
    "weights": lambda m: m.frame.join(pl.LazyFrame({"who": [1, 2], m.new: [1, 0]}), on="who", how="left"),
}
plans = st.tuples(
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 10**6)), max_size=4), st.integers(0, 10**6)
)
Steps = tuple[Sequence[tuple[str, int]], int]


def transform_of(steps: Steps) -> Transform:
    """Take some steps, and declassify what comes out in groups."""

    def transform(p: pl.LazyFrame, o: pl.LazyFrame) -> pl.LazyFrame:
        frame = p
        for name, seed in steps[0]:
            frame = STEPS[name](Made(frame, p, o, seed))
        m = Made(frame, p, o, steps[1])
        who = m.random.choice([n for n in m.names if n.startswith(("who", "q"))])
        by = m.random.choice([n for n in m.names if n.startswith(("who", "g", "h", "q"))])
        value = m.random.choice([n for n in m.names if n.startswith("t")])
        times = {"times": m.number()} if m.random.random() < 0.2 else {}
        do = m.random.choice([declassify.total, declassify.total, declassify.mean])
        options = times if do is declassify.total else {}
        return frame.group_by(by, maintain_order=True).agg(do(value, each=who, at_least=K, **options).alias("x"))

    return transform


def data() -> dict[str, pl.DataFrame]:
    """Make eight people with values of their own, one of them without one; some have several rows."""
    random = Random(4)
    people = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3]
    p = {
        "who": people,
        "g": [random.choice("ab") for _ in people],
        "h": [random.choice("cde") for _ in people],
        "t": [None if who == 8 else random.randint(100, 10**6) for who in people],
        "u": [random.randint(1, 9) for _ in people],
        "w": [int(i % 4 == 0) for i, _ in enumerate(people)],
    }
    o = {"who": [1, 2, 3, 4, 5, 6], "g": list("aabbab"), "t": [random.randint(100, 10**6) for _ in range(6)]}
    return {"p": pl.DataFrame(p, SCHEMAS["p"]), "o": pl.DataFrame({**o, "rate": [1, 2, 3, 4, 5, 6]}, SCHEMAS["o"])}


def with_another(frames: dict[str, pl.DataFrame], who: int) -> dict[str, pl.DataFrame]:
    """Give one person other values, wherever they had some."""
    changed = pl.when(c.who == who).then(c.t * 3 + 17).otherwise(c.t).alias("t")
    return {name: frame.with_columns(changed) for name, frame in frames.items()}


Cells = dict[object, object]


def built(steps: Steps, frames: dict[str, pl.DataFrame]) -> Cells:
    """Run a plan, and give the cells by the key of their group."""
    return dict(transform_of(steps)(frames["p"].lazy(), frames["o"].lazy()).collect().iter_rows())


def published(steps: Steps) -> Cells:
    """Give what a build would publish as unclassified; nothing where it would refuse."""
    try:
        left = kept(trace(transform_of(steps)))
        found = {} if left else built(steps, data())
    except (MeshError, pl.exceptions.PolarsError, IndexError, ValueError) as error:
        event(type(error).__name__)
        return {}
    event("published" if found else "kept")
    return found


def reached(steps: Steps, cells: Cells) -> dict[object, set[int]]:
    """Find the people whose values reach each cell, by giving one at a time other values."""
    found: dict[object, set[int]] = {key: set() for key in cells}
    for who in range(1, 9) if cells else ():
        try:
            after = built(steps, with_another(data(), who))
        except pl.exceptions.ComputeError:  # a group is too small now, so this one counts
            after = {}
        for key, cell in cells.items():
            if key not in after or after[key] != cell:
                found[key].add(who)
    return found


@given(plans)
def test_no_cell_depends_on_fewer_people_than_its_declassifier_asks_for(steps: Steps) -> None:
    people = reached(steps, published(steps))

    assert [] == [few for few in people.values() if 0 < len(few) < K]
