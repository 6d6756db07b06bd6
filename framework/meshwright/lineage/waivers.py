"""Waivers: a class may stay undeclared on one column, for one path, for a while, when two people say so.

    [waivers.recall-letters]
    class = "pii.contact.email"
    path = "supply_chain.contacts.mail <- sales.customers.email via join in contacts"
    reason = "Recalls go out by mail until the service desk has its own list."
    author = "ben"
    reviewer = "dora"
    expires = 2027-03-31

`path` is what `mesh check` prints. It names the steps, so that a waiver is void once the values take another way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from meshwright.access.finding import Finding
from meshwright.access.principals import Principals
from meshwright.access.toml import document, text_of
from meshwright.errors import PolicyRejected
from meshwright.lineage.labels import LabelFinding

_TEXTS = ("class", "path", "reason", "author", "reviewer")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One class on one path; it holds through the day `expires`, in UTC."""

    where: str
    label: str
    path: str
    reason: str
    author: str
    reviewer: str
    expires: date

    @property
    def column(self) -> str:
        """Name the column of the product that the class reaches, or the path of a field in one."""
        return self.path.partition(" <- ")[0].split(".", 2)[-1]

    def void(self, principals: Principals, today: date) -> str:
        """Say why the waiver counts for nothing; the empty text when it counts."""
        if self.expires < today:
            return f"expired on {self.expires}"
        for name in (self.author, self.reviewer):
            if name not in principals.users:
                return f"{name!r} is nobody of policies/principals.toml"
        if principals.person(self.author) == principals.person(self.reviewer):
            return f"{self.reviewer!r} reviewed what they wrote"
        return ""


def waiver_file(product: str) -> str:
    """Name the file of a product's waivers, within the workspace."""
    domain, _, name = product.partition(".")
    return f"domains/{domain}/policies/waivers/{name}.toml"


def parse_waivers(text: str, product: str) -> tuple[Waiver, ...]:
    """Read a product's waivers; raise `PolicyRejected` for one that lacks a word or a date."""
    file = waiver_file(product)
    found = document(text, ("waivers", "dismissals"), file)["waivers"]
    return tuple(_waiver(f"{file}: {name}", row) for name, row in found.items())


def unwaived(
    findings: Sequence[LabelFinding], waivers: Iterable[Waiver], principals: Principals, today: date
) -> tuple[LabelFinding, ...]:
    """Leave the findings that no waiver in force names by class and path."""
    held = {(w.label, w.path) for w in waivers if not w.void(principals, today)}
    return tuple(f for f in findings if (f.label, f.path) not in held)


def waiver_findings(
    findings: Sequence[LabelFinding], waivers: Iterable[Waiver], principals: Principals, today: date
) -> tuple[Finding, ...]:
    """Report the waivers that count for nothing, and those that no class needs, perhaps since its path changed."""
    needed = {(f.label, f.path) for f in findings}
    found: list[Finding] = []
    for waiver in waivers:
        if why := waiver.void(principals, today):
            found.append(Finding(waiver.where, why, "have it reviewed anew, or remove it"))
        elif (waiver.label, waiver.path) not in needed:
            problem = f"waives nothing: {waiver.label} does not flow by {waiver.path}"
            found.append(Finding(waiver.where, problem, "remove it, or have the new path reviewed"))
    return tuple(found)


def _waiver(where: str, row: Mapping[str, Any]) -> Waiver:
    if unknown := set(row) - {*_TEXTS, "expires"}:
        raise PolicyRejected(where, f"unknown setting {min(unknown)!r}", f"known: {', '.join(_TEXTS)}, expires")
    texts = {name: text_of(row, name, where).strip() for name in _TEXTS}
    if missing := [name for name, text in texts.items() if not text]:
        raise PolicyRejected(where, f"has no {missing[0]}")
    expires = row.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise PolicyRejected(where, "has no day on which it expires", "write expires = 2027-03-31")
    label = texts.pop("class")
    return Waiver(where, label, expires=expires, **texts)
