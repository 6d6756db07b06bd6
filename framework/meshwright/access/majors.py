"""What a product's policies of today say about an older major version, whose own were written before."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from meshwright.access.cedar import ROW_ACTION
from meshwright.access.exposing import WITHOUT_CLEAR, form_of
from meshwright.access.leaves import leaves
from meshwright.access.narrowing import both, no_other_rows
from meshwright.access.policies import CENTRAL, Policies, policy_file
from meshwright.access.rows.rule import covers
from meshwright.access.statements import Statement, statements, texts
from meshwright.names import governed_by, with_parents
from meshwright.spec import Spec

Written = Mapping[str, tuple[Statement, str]]
"""Policies with their texts, by id."""
TODAY = "today."
"""What the ids of policies begin with that the newest major version adds to those of an older one."""


@dataclass(frozen=True)
class Major:
    """One major version: its contract, and the policies that decide about it."""

    spec: Spec
    policies: str


def carried_over(older: Major, newest: Major, mesh: Policies) -> str:
    """Give the policies of an older major as those of the newest leave them: what was taken back is taken back there.

    Nobody sees more by them than before, and of what both majors have nobody sees more than of the newest. A permit
    stands while the newest states one that says the same; one of its id that says something else is obeyed beside it;
    one about a column that only the older has stands as it is. Every forbid counts, and so does the choice of rows,
    with what the mesh's own policies choose. Of policies that wait, nothing counts but for their own major.
    """
    if newest.policies.endswith(WITHOUT_CLEAR):
        return older.policies
    file = policy_file(newest.spec.id)
    if statements(newest.policies, file)[1]:
        return newest.policies  # they cannot be obeyed, and deny here as they do there
    old, new = texts(older.policies, policy_file(older.spec.id)), texts(newest.policies, file)
    said = {name: each for name, each in new.items() if _names(each[0]) <= _columns(older.spec)}
    central = [p for p in statements(mesh.central, CENTRAL)[0] if _is_about_rows(p) and covers(p, older.spec)]
    found = "".join((*_left(old, said, newest.spec), *_rows(old, said, central, older.spec)))
    stood, stand = (sorted(form_of(policy) for policy, _ in each.values()) for each in (old, texts(found, file)))
    return older.policies if stood == stand else found


def _left(old: Written, said: Written, newest: Spec) -> Iterator[str]:
    """Take each older policy as far as it stands, and add what forbids more; `said` can say anything of the older."""
    known, stated, columns = _forms(_policies(old)), _forms(_policies(said)), _columns(newest)
    for policy, text in old.values():
        keeps = policy.effect == "forbid" or _is_about_rows(policy) or not _names(policy) <= columns
        yield text if keeps or form_of(policy) in stated else _permitted_by_both(policy, said)
    for name, (policy, text) in said.items():
        if policy.effect == "forbid" and form_of(policy) not in known:
            yield _renamed(text, _free(name, old))


def _permitted_by_both(policy: Statement, said: Written) -> str:
    """Give what a permit's namesake permits, too; empty without one."""
    namesake, _ = said.get(policy.id, (None, ""))
    if namesake is None or namesake.effect == "forbid" or _is_about_rows(namesake):
        return ""
    return both(policy, namesake)


def _rows(old: Written, said: Written, central: Sequence[Statement], older: Spec) -> Iterator[str]:
    """Choose the rows that the newest chooses, too, without showing one that was not shown before."""
    own, chosen = ([policy for policy in _policies(each) if _is_about_rows(policy)] for each in (old, said))
    if not own and not central:
        yield from (_renamed(said[p.id][1], _free(p.id, old)) for p in chosen if p.effect == "permit")
        return
    before, now = ([p for p in (*each, *central) if p.effect == "permit"] for each in (own, chosen))
    if (chosen or central) and not _forms(before) <= _forms(now):
        name = _free(f"{TODAY}rows", old)
        added = no_other_rows(name, governed_by(older.id), now)
        if _forms(statements(added, name)[0]).isdisjoint(_forms(own)):
            yield added


def _policies(written: Written) -> Iterator[Statement]:
    return (policy for policy, _ in written.values())


def _forms(policies: Iterable[Statement]) -> set[str]:
    return {form_of(policy) for policy in policies}


def _free(name: str, taken: Collection[str]) -> str:
    """Give a name that no older policy has."""
    names = (name, f"{TODAY}{name}", *(f"{TODAY}{number}.{name}" for number in range(2, len(taken) + 2)))
    return next(each for each in names if each not in taken)


def _renamed(text: str, name: str) -> str:
    return re.sub(r'(@id\s*\(\s*")(?:\\.|[^"\\])*', lambda found: f"{found[1]}{name}", text, count=1)


def _is_about_rows(policy: Statement) -> bool:
    return ROW_ACTION in policy.actions


def _names(policy: Statement) -> frozenset[str]:
    """Name the columns that a policy speaks of."""
    return frozenset(name.partition("/")[2] for kind, name in policy.entities if kind == "Column")


def _columns(spec: Spec) -> frozenset[str]:
    return frozenset(path for leaf in leaves(spec.columns) for path in with_parents(leaf.path))
