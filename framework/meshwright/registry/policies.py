"""Versions of a product's policies, and what one that waits would change."""

from collections.abc import Iterable
from datetime import datetime

from meshwright.errors import UnknownPolicyVersion
from meshwright.markers import RevealLevel
from meshwright.registry.answer import Answer
from meshwright.registry.sights import in_words


class ColumnsAt(Answer):
    """Columns that are seen at one level."""

    level: RevealLevel
    columns: tuple[str, ...]


class PolicyGain(Answer):
    """Who would newly see which classified columns in the clear, for which purposes; `rows`: other rows than now.

    `rows_at` are the levels at which they see classified columns of those rows; none where all of them are hidden.
    Among `principals`, `team:planning` is whoever is in that team, also somebody whom nobody knows today; `empty` are
    those of them in which nobody is known to be.
    """

    principals: tuple[str, ...]
    purposes: tuple[str, ...]
    columns: tuple[str, ...]
    rows: bool = False
    rows_at: tuple[ColumnsAt, ...] = ()
    empty: tuple[str, ...] = ()

    @property
    def who(self) -> tuple[str, ...]:
        """Say who gains, teams first."""
        teams_first = sorted(self.principals, key=lambda name: not name.startswith("team:"))
        return tuple(in_words(name, empty=name in self.empty) for name in teams_first)


class ClassesTaken(Answer):
    """Classes that a contract takes from a column or nested field of personal data.

    `formerly` is the column that went as this one came, without a class: it may hold the same.
    """

    column: str
    classes: tuple[str, ...]
    formerly: str = ""

    def __str__(self) -> str:
        """Say it in a few words."""
        named = " and ".join(self.classes)
        return f"{named} from {self.column}" + (f", which came as {self.formerly} went" if self.formerly else "")


class PolicyRefusal(Answer):
    """Who of data protection refused which version of a product's policies, and why."""

    number: int
    by: str
    reason: str

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"refused by {self.by} because: {self.reason}"


class OlderMajor(Answer):
    """What a change of the policies does to an older major version: the version that decides there from now on.

    It takes there what the newest policies take; `before` decided until now. With a `problem` nobody reads that major.
    """

    product: str
    major: int
    version: int
    before: int
    problem: str = ""

    def __str__(self) -> str:
        """Say it in a sentence."""
        now = f"version {self.version} of the policies decides about major {self.major}, with less than before"
        lost = f", and nobody reads it: {self.problem}" if self.problem else ""
        back = f"back, once the newest major permits it again: mesh access rollback {self.product} --to {self.before}"
        return f"{now}{lost}; {back}"


class PolicyChange(Answer):
    """What a version that waits would change, for those who decide about it and for its owner.

    `opens` are the policies by which it newly shows personal data, `gains` who of today would see what by them.
    `difference` compares its text with the one in force, as `diff -u` does. `refused_before` is what was said of the
    version that it takes the place of. Who `may_approve` it may refuse it, too. `narrowed`: it is of an older major
    version, and the policies of the newest take from it what they do not permit.
    """

    opens: tuple[str, ...]
    gains: tuple[PolicyGain, ...]
    difference: str
    may_approve: bool = False
    narrowed: bool = False
    refused_before: PolicyRefusal | None = None


class PolicyVersion(Answer):
    """One version of a product's policies: who wrote it, who approved or refused it, and whether it decides.

    `state` is `in force`, `waiting` for data protection, `refused` by it, `replaced`, `withdrawn` by a rollback or
    `dropped` by its author. `decides` is the hash that an answer to a person names which it decides under the mesh's
    rules of today. `takes` are the classes that personal data loses once it decides. `older` are the older major
    versions that an approval or a rollback changed, too.
    """

    product: str
    number: int
    major: int
    digest: str
    decides: str
    author: str
    written_at: datetime
    state: str
    takes: tuple[ClassesTaken, ...] = ()
    approver: str = ""
    decided_at: datetime | None = None
    refusal: PolicyRefusal | None = None
    change: PolicyChange | None = None
    older: tuple[OlderMajor, ...] = ()


class PolicyVersions(Answer):
    """Versions of policies, newest first."""

    versions: tuple[PolicyVersion, ...]


def the_one_that_waits(product: str, versions: Iterable[PolicyVersion]) -> int:
    """Tell which of a product's versions is meant where none is named; raise `UnknownPolicyVersion` without just one.

    Beside one that waits, another may be meant that it took the place of since the last decision, of any major version.
    """
    known = tuple(versions)
    waiting = [each for each in known if each.state == "waiting"]
    if not waiting:
        refusal = max(known, key=lambda each: each.number).refusal if known else None
        told = f": version {refusal.number} was {refusal}" if refusal else ""
        raise UnknownPolicyVersion(product, f"has no version that waits{told}")
    first = min(each.number for each in waiting)
    decided = [v.number for v in known if v.state not in ("waiting", "dropped") and v.number < first]
    since = [v for v in known if v.state == "dropped" and v.number > max(decided, default=0)]
    meant = sorted({v.number for v in (*waiting, *since)})
    if len(meant) > 1:
        told = f"{', '.join(map(str, meant[:-1]))} and {meant[-1]}"
        raise UnknownPolicyVersion(product, f"was handed in as versions {told}: name the one you looked at (--version)")
    return meant[0]
