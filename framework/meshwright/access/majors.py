"""What a product's policies of today say about an older major version, whose own were written before."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshwright.access.cedar import ROW_ACTION
from meshwright.access.exposing import form_of, newly_clear
from meshwright.access.leaves import leaves
from meshwright.access.policies import Policies, policy_file
from meshwright.access.statements import Statement, statements, texts
from meshwright.spec import Spec

Written = Mapping[str, tuple[Statement, str]]
"""Policies with their texts, by id."""


@dataclass(frozen=True)
class Major:
    """One major version: its contract, and the policies that decide about it."""

    spec: Spec
    policies: str


def carried_over(older: Major, newest: Major, mesh: Policies) -> str:
    """Give the policies of an older major as those of the newest leave them: what was taken back is taken back there.

    A permit stands while the newest states one of that id, as it is stated there; one about a column that only the
    older has stands as it is. Every forbid of the newest counts, and so do its policies about rows. Where that would
    newly show personal data in the clear, nothing is changed but what takes rights away.
    """
    file = policy_file(newest.spec.id)
    if statements(newest.policies, file)[1]:
        return newest.policies  # they cannot be obeyed, and deny here as they do there
    old, new = texts(older.policies, policy_file(older.spec.id)), texts(newest.policies, file)
    found = "".join(_as_stated(old, new, older.spec, newest.spec))
    if newly_clear(older.policies, found, older.spec, mesh):
        found = "".join(_only_less(old, new, older.spec, newest.spec))
    return older.policies if found.split() == older.policies.split() else found


def _as_stated(old: Written, new: Written, older: Spec, newest: Spec) -> Iterator[str]:
    """Take what the newest states under the same ids, and whatever it adds that can take something away."""
    ruled = any(_is_about_rows(policy) for policy, _ in new.values())
    for name, (policy, text) in old.items():
        if name in new and _concerns(new[name][0], older):
            yield text if form_of(policy) == form_of(new[name][0]) else new[name][1]
        elif policy.effect == "forbid" or _only_there(policy, newest) or (_is_about_rows(policy) and not ruled):
            yield text
    for name, (policy, text) in new.items():
        if name not in old and _concerns(policy, older) and (policy.effect == "forbid" or _is_about_rows(policy)):
            yield text


def _only_less(old: Written, new: Written, older: Spec, newest: Spec) -> Iterator[str]:
    """Take away permits that the newest does not state word for word, and add its forbids."""
    stated, known = ({form_of(policy) for policy, _ in each.values()} for each in (new, old))
    for policy, text in old.values():
        kept = policy.effect == "forbid" or _is_about_rows(policy) or _only_there(policy, newest)
        if kept or form_of(policy) in stated:
            yield text
    ruled = any(_is_about_rows(policy) for policy, _ in old.values())
    for name, (policy, text) in new.items():
        restricts = policy.effect == "forbid" or (_is_about_rows(policy) and not ruled)
        if restricts and form_of(policy) not in known and _concerns(policy, older):
            yield re.sub(r'(@id\s*\(\s*")', r"\1today.", text, count=1) if name in old else text


def _is_about_rows(policy: Statement) -> bool:
    return ROW_ACTION in policy.actions


def _only_there(policy: Statement, newest: Spec) -> bool:
    """Tell whether a policy names a column that the newest does not have, of which its policies cannot speak."""
    return not _names(policy) <= _columns(newest)


def _concerns(policy: Statement, spec: Spec) -> bool:
    """Tell whether a policy can say anything of a contract: it names no column that is not there."""
    return _names(policy) <= _columns(spec)


def _names(policy: Statement) -> frozenset[str]:
    return frozenset(name.partition("/")[2] for kind, name in policy.entities if kind == "Column")


def _columns(spec: Spec) -> frozenset[str]:
    parts = (leaf.path.split(".") for leaf in leaves(spec.columns))
    return frozenset(".".join(path[:n]) for path in parts for n in range(1, len(path) + 1))
