"""A grant as one caller sees it: how it stands now, and what they may say to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from meshwright.access import Principals
from meshwright.access.grants.reach import shows_personal_data
from meshwright.access.grants.roles import approvals, concerns, deciders, is_same, protectors
from meshwright.access.grants.served import Served, classes_named, concerned, standing_in_all
from meshwright.access.grants.standing import Standing
from meshwright.grants import Act, Grant, GrantAct, GrantView, Role
from meshwright.spec import Spec
from meshwright_catalog.gate import Visit


@dataclass(frozen=True)
class Case:
    """One grant in one visit, with the contracts and the rules that hold now: of every major version, newest first."""

    visit: Visit
    grant: Grant
    majors: tuple[Served, ...]

    @property
    def spec(self) -> Spec:
        """Give the newest contract."""
        return self.majors[0].spec

    @property
    def principals(self) -> Principals:
        """Give the people of the mesh."""
        return self.majors[0].policies.principals

    @property
    def standing(self) -> Standing:
        """Work out how the grant stands; its own holder brings their teams along."""
        caller = self.visit.principal
        mine = self.grant.grantee == f"{caller.kind}:{caller.name}"
        return standing_in_all(self.grant, self.majors, self.visit.now, caller if mine else None)

    @property
    def decides(self) -> Role | None:
        """Tell in what role the caller decides, if in any: for one of the contracts that the grant is about."""
        caller, principals = self.visit.principal, self.principals
        if caller.kind != "user" or not self.visit.is_current():
            return None
        for each in self._concerned:
            role, people = deciders(self.grant, each.spec, principals)
            if caller.name in people:
                return role
        return "data-protection" if caller.name in protectors(self.grant, principals) else None

    @property
    def sees(self) -> bool:
        """Tell whether the caller may know of the grant: who asked, who holds it, who decides, data protection."""
        caller, principals = self.visit.principal, self.principals
        if f"{caller.kind}:{caller.name}" == self.grant.grantee:
            return True
        if caller.kind != "user":
            return False
        team = self.grant.grantee.removeprefix("team:")
        concerned = concerns(self.grant, caller, principals) or team in caller.teams
        return concerned or self.decides is not None or self.spec.owner in caller.teams or self.visit.protects_data()

    def has_said(self, act: Act) -> bool:
        """Tell whether the caller said it already, under this name or another of theirs."""
        caller, principals = self.visit.principal, self.principals
        return any(each.act == act and is_same(caller, each.by, principals) for each in self.grant.acts)

    def view(self) -> GrantView:
        """Put together what the caller is told."""
        found = self.standing
        return GrantView(
            grant=self.grant,
            status=found.status,
            why=found.why,
            ends_at=found.ends_at,
            flagged=found.flagged,
            may=tuple(self._may(found)),
            waits_for=found.waits_for,
        )

    def undecidable(self) -> str:
        """Say in which role nobody can give the approval that is missing; empty when somebody can."""
        owner, protection = self._missing()
        if not (owner or protection):
            return ""
        principals, grant = self.principals, self._as_decided()
        guards = protectors(grant, principals)
        for each in self._concerned:
            _, people = deciders(grant, each.spec, principals)
            if owner and not people:
                return "owner"
            both = shows_personal_data(grant, each.spec)
            alone = both and people == guards and len({*people, *guards}) < 2
            if both and (not guards or alone):
                return "data protection"
        return ""

    def saying(self, act: Act, note: str = "") -> GrantAct:
        """Write down what the caller says now: in which roles, and of which classes."""
        who, principals = self.visit.principal, self.principals
        return GrantAct(
            act=act,
            by=who.name,
            role=self.decides or "holder",
            at=self.visit.now,
            note=note,
            classes=classes_named(self.grant, self.majors),
            protected=principals.protects_data(who),
        )

    def after(self, said: GrantAct) -> "Case":
        """Give the case with one more thing said."""
        return replace(self, grant=self.grant.model_copy(update={"acts": (*self.grant.acts, said)}))

    def _missing(self) -> tuple[bool, bool]:
        """Tell whether the owner's and data protection's word are missing: of approvals, or of reviews."""
        found = self.standing
        is_open = found.flagged if self.grant.break_glass else found.status in ("waiting", "suspended")
        return is_open and "owner" in found.waits_for, is_open and "data protection" in found.waits_for

    @property
    def _concerned(self) -> tuple[Served, ...]:
        return concerned(self.grant, self.majors)

    def _approvals(self, grant: Grant, said: tuple[GrantAct, ...]) -> list[tuple[bool, bool]]:
        """Tell which words stand, by each contract that the grant is about."""
        return [approvals(grant, each.spec, each.policies, said) for each in self._concerned]

    def _as_decided(self) -> Grant:
        """Give the grant as approvals count: a broken glass needs the look of both, whatever it opened."""
        return self.grant.model_copy(update={"level": "clear"}) if self.grant.break_glass else self.grant

    def _may(self, found: Standing) -> Iterable[Act]:
        role = self.decides
        open_now = found.status in ("waiting", "suspended") and not self.grant.break_glass
        if open_now and role is not None:
            if self._counts("approve"):
                yield "approve"
            if role != "data-protection" or "data protection" in found.waits_for or self._stands_in():
                yield "refuse"
        ends = found.status in ("waiting", "active", "suspended", "lapsed", "moved")
        if ends and (role is not None or self._holds()):
            yield "revoke"
        owns = role is not None and (role != "data-protection" or self._stands_in())
        if owns and found.status in ("active", "lapsed") and not self.grant.break_glass:
            yield "confirm"
        if self.grant.break_glass and found.flagged and role is not None and self._counts("review"):
            yield "review"

    def _counts(self, act: Act) -> bool:
        """Tell whether it would bring anything if the caller said it."""
        kinds = ("review",) if act == "review" else ("approve", "confirm")
        grant = self._as_decided() if act == "review" else self.grant
        said = tuple(each for each in self.grant.acts if each.act in kinds)
        return self._approvals(grant, said) != self._approvals(grant, (*said, self.saying(act)))

    def _stands_in(self) -> bool:
        found = (deciders(self.grant, each.spec, self.principals) for each in self._concerned)
        return any(role == "data-protection" and self.visit.principal.name in people for role, people in found)

    def _holds(self) -> bool:
        caller = self.visit.principal
        return caller.kind == "user" and concerns(self.grant, caller, self.principals)
