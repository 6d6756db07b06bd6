"""Everybody who is looked at: people in the teams they are in now, services, and whoever comes to be in a team.

Each has the name that answers give them: `user:ana`, `service:sales.orders`, `team:planning`. A team stands for
somebody who is in it and is nothing else, so that what a permit opens to it is told though nobody is known in it today.
"""

from collections.abc import Mapping
from dataclasses import replace

from meshwright.access.policies import Policies
from meshwright.access.principals import Members, Principal, Principals


def everybody(principals: Principals) -> Mapping[str, Principal]:
    """Give every known person and service, by name."""
    known = (principals.people, principals.services)
    return {called(who): who for each in known for _, who in sorted(each.items())}


def whoever(principals: Principals) -> Mapping[str, Principal]:
    """Give for each team somebody who may come to be in it; for `with_whoever`."""
    return {who.name: who for who in map(principals.whoever, sorted(principals.teams))}


def called(who: Principal) -> str:
    """Give the name that answers give somebody; that of whoever is in a team is the team's."""
    return who.name if who.name.startswith("team:") else f"{who.kind}:{who.name}"


def empty_teams(principals: Principals) -> frozenset[str]:
    """Name the teams in which nobody is known to be today, as `team:planning`."""
    filled = {team for who in principals.people.values() for team in who.teams}
    return frozenset(f"team:{team}" for team in principals.teams if team not in filled)


def with_whoever(policies: Policies) -> Policies:
    """Give rules that know whoever may come to be in a team; they decide about nobody, and nothing waits for them."""
    known, made = policies.principals, whoever(policies.principals)
    users = {**known.users, **made}
    members = known.claimed or Members(known.users, settled=True)
    return replace(policies, principals=replace(known, users=users, claimed=members))
