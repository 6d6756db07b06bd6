"""Who may ask: people, their teams, and the services that build products."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from meshwright.access.taxonomy import Purposes
from meshwright.access.toml import document, setting, text_of, texts_of
from meshwright.errors import PolicyRejected, UnknownPrincipal, nearest
from meshwright.spec import Spec

Kind = Literal["user", "service"]

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,126}")


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a service: its teams, its domain, and the purposes it may read for (also those below them).

    `person` is whose it is, where somebody has several names; empty: nobody else's.
    `claimed` says that an issuer's token named the teams, not principals.toml; `issued_at` is when it was made.
    """

    kind: Kind
    name: str
    domain: str
    teams: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    person: str = ""
    claimed: bool = False
    issued_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """People in the teams that their newest token names; whose is unknown or too old is not among them.

    `settled`: tokens have been looked at for so long that a team which none of them names is empty. Two are equal when
    they are the same one, so that what was worked out from it can be kept by it.
    """

    users: Mapping[str, Principal]
    settled: bool = False


@dataclass(frozen=True)
class Principals:
    """Everybody known: users and services by name, and the domain of each team.

    `data_protection` are the teams that answer for personal data; without any, nobody does.
    `alone` is each user with nothing that a team gives. `derived` names the services that principals.toml does not
    declare: a product brings each along. `claimed` is who is in which team where an issuer's tokens say so; None: as in
    principals.toml.
    """

    users: Mapping[str, Principal] = field(default_factory=dict[str, Principal])
    services: Mapping[str, Principal] = field(default_factory=dict[str, Principal])
    teams: Mapping[str, str] = field(default_factory=dict[str, str])
    team_purposes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    data_protection: frozenset[str] = frozenset()
    alone: Mapping[str, Principal] = field(default_factory=dict[str, Principal])
    derived: frozenset[str] = frozenset()
    claimed: Members | None = None

    @property
    def members(self) -> Mapping[str, Principal]:
        """People in the teams they are in now, as far as anybody knows: whose word counts is among them."""
        return self.users if self.claimed is None else self.claimed.users

    @cached_property
    def people(self) -> Mapping[str, Principal]:
        """Everybody who may come in, in the teams they are in now: in none of whom no token is known that counts."""
        if self.claimed is None:
            return self.users
        return {**{name: self.member(name, ()) for name in self.alone}, **self.claimed.users}

    def person(self, name: str) -> str:
        """Name the person who has a name: one word for all their names, whichever of them `person` ties to which."""
        return self._persons.get(name, name)

    @cached_property
    def _persons(self) -> Mapping[str, str]:
        found: dict[str, set[str]] = {}
        for user in {**self.alone, **self.users, **self.members}.values():
            one = found.get(user.name, {user.name}) | found.get(user.person, {user.person or user.name})
            found |= dict.fromkeys(one, one)
        return {name: min(one) for name, one in found.items()}

    @cached_property
    def declared(self) -> "Principals":
        """Everybody whom principals.toml declares: the same wherever it is read, whichever products lie beside it."""
        services = {name: service for name, service in self.services.items() if name not in self.derived}
        return replace(self, services=services, derived=frozenset())

    @cached_property
    def domains(self) -> frozenset[str]:
        """The domains that teams and services are of."""
        return frozenset(self.teams.values()) | {service.domain for service in self.services.values()}

    def find(self, name: str, kind: Kind = "user") -> Principal:
        """Look a principal up; raise `UnknownPrincipal` with the nearest name."""
        known = self.users if kind == "user" else self.services
        if name not in known:
            raise UnknownPrincipal(kind, name, known)
        return known[name]

    def member(self, name: str, teams: Iterable[str]) -> Principal:
        """Return a user in the teams that its token names instead of its own; raise `UnknownPrincipal`.

        A team that the mesh does not know is nothing.
        """
        if name not in self.alone:
            raise UnknownPrincipal("user", name, self.alone)
        known = tuple(sorted(set(teams) & set(self.teams)))
        return replace(_in_teams(self.alone[name], known, self.teams, self.team_purposes), claimed=True)

    def whoever(self, team: str) -> Principal:
        """Make up somebody who is in a team and nothing else; no decision knows them unless its rules are told."""
        return Principal("user", f"team:{team}", self.teams[team], (team,), self.team_purposes.get(team, ()))

    def knows(self, principal: Principal) -> bool:
        """Tell whether exactly this record is known: a stale or invented one is not."""
        if principal.claimed:
            return principal.name in self.alone and self.member(principal.name, principal.teams) == principal
        known = self.users if principal.kind == "user" else self.services
        return known.get(principal.name) == principal

    def is_current(self, principal: Principal) -> bool:
        """Tell whether this is somebody as they are now: who shows a token that is not their newest may not be."""
        return self.knows(principal) if self.claimed is None else self.members.get(principal.name) == principal

    def works_in(self, principal: Principal, domain: str) -> bool:
        """Tell whether somebody is of a domain, by themselves or by one of their teams."""
        return bool(domain) and domain in (principal.domain, *(self.teams.get(team, "") for team in principal.teams))

    def protects_data(self, principal: Principal) -> bool:
        """Tell whether somebody answers for data protection: a known person who is in one of its teams now."""
        is_in = principal.kind == "user" and not self.data_protection.isdisjoint(principal.teams)
        return is_in and self.is_current(principal)

    def knows_policies(self, principal: Principal, domain: str) -> bool:
        """Tell whether a product's policies are told to somebody: its domain's own people, and data protection."""
        return self.works_in(principal, domain) or self.protects_data(principal)


def service_of(spec: Spec) -> Principal:
    """Derive the service that builds a product: it reads for the product's purpose, in its domain."""
    return Principal("service", spec.id, spec.domain, (), (spec.purpose,) if spec.purpose else ())


def with_services(principals: Principals, specs: Iterable[Spec]) -> Principals:
    """Add the service of each product; a declared service of that name keeps its own record."""
    return with_derived(principals, map(service_of, specs))


def with_callers(principals: Principals, specs: Iterable[Spec]) -> Principals:
    """Know the service of each product as a catalog's service does: what it may read for, principals.toml alone says.

    A purpose that a domain writes into its own contract counts where that domain's build holds the storage, not there.
    """
    return with_derived(principals.declared, (replace(service_of(spec), purposes=()) for spec in specs))


def with_derived(principals: Principals, services: Iterable[Principal]) -> Principals:
    """Add services that principals.toml does not declare; a known one of that name keeps its own record."""
    new = {service.name: service for service in services if service.name not in principals.services}
    return replace(principals, services={**new, **principals.services}, derived=principals.derived | new.keys())


def parse_principals(text: str, purposes: Purposes, file: str = "policies/principals.toml") -> Principals:
    """Read teams, users and services; raise `PolicyRejected` for an unknown team or purpose."""
    raw = document(text, ("teams", "users", "services"), file, ("data_protection",))
    teams: dict[str, str] = {}
    granted: dict[str, tuple[str, ...]] = {}
    for name, row in raw["teams"].items():
        where = _checked(f"{file}: team {name!r}", name, row, {"domain", "purposes", "description"})
        teams[name] = text_of(row, "domain", where)
        granted[name] = _purposes(row, where, purposes)
    alone = {name: _alone(name, row, purposes, file) for name, row in raw["users"].items()}
    users = {name: _user(alone[name], row, (teams, granted), file) for name, row in raw["users"].items()}
    services = {name: _service(name, row, purposes, file) for name, row in raw["services"].items()}
    return Principals(users, services, teams, granted, _data_protection(text, teams, file), alone)


def _data_protection(text: str, teams: Mapping[str, str], file: str) -> frozenset[str]:
    named = setting(text, "data_protection", file)
    for team in named:
        if team not in teams:
            raise PolicyRejected(f"{file}: data_protection", f"unknown team {team!r}{nearest(team, teams)}")
    return frozenset(named)


def _alone(name: str, row: Mapping[str, Any], purposes: Purposes, file: str) -> Principal:
    where = _checked(f"{file}: user {name!r}", name, row, {"teams", "domain", "purposes", "description", "person"})
    own, person = _purposes(row, where, purposes), text_of(row, "person", where)
    return Principal("user", name, text_of(row, "domain", where), (), own, person)


def _user(
    alone: Principal,
    row: Mapping[str, Any],
    teams: tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]],
    file: str,
) -> Principal:
    domains, granted = teams
    where = f"{file}: user {alone.name!r}"
    member_of = texts_of(row, "teams", where)
    for team in member_of:
        if team not in domains:
            raise PolicyRejected(where, f"unknown team {team!r}{nearest(team, domains)}")
    return _in_teams(alone, tuple(member_of), domains, granted)


def _in_teams(
    alone: Principal, teams: tuple[str, ...], domains: Mapping[str, str], granted: Mapping[str, tuple[str, ...]]
) -> Principal:
    """Add what teams give: their purposes, and the first one's domain to who has none of their own."""
    domain = alone.domain or (domains[teams[0]] if teams else "")
    purposes = {*alone.purposes, *(purpose for team in teams for purpose in granted.get(team, ()))}
    return replace(alone, teams=teams, domain=domain, purposes=tuple(sorted(purposes)))


def _service(name: str, row: Mapping[str, Any], purposes: Purposes, file: str) -> Principal:
    where = _checked(f"{file}: service {name!r}", name, row, {"domain", "purposes", "description"})
    return Principal("service", name, text_of(row, "domain", where), (), _purposes(row, where, purposes))


def _checked(where: str, name: str, row: Mapping[str, Any], settings: set[str]) -> str:
    if _NAME.fullmatch(name) is None:
        raise PolicyRejected(where, "is not a valid name", "lower-case letters, digits and . _ @ -")
    if unknown := set(row) - settings:
        raise PolicyRejected(where, f"unknown setting {min(unknown)!r}", f"known: {', '.join(sorted(settings))}")
    return where


def _purposes(row: Mapping[str, Any], where: str, known: Purposes) -> tuple[str, ...]:
    found = texts_of(row, "purposes", where)
    for purpose in found:
        if purpose not in known:
            raise PolicyRejected(where, f"unknown purpose {purpose!r}{nearest(purpose, known.parents)}")
    return tuple(sorted(found))
