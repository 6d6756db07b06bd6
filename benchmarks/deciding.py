"""A mesh of many products with policies and grants, and questions to the one decision function."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from meshwright.access import AccessRequest, Policies, policies_of
from meshwright.grants import Grant, GrantAct
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, ScalarType, Spec

DOMAINS = 20
COLUMNS = 10
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLASSES = """
[classes.pii]
[classes."pii.contact"]
[classes."pii.contact.email"]
token = "email"
coarse = "domain"
[classes."pii.name"]
coarse = "initial"
[classes."pii.birth_date"]
coarse = "year"
[classes.commercial]
"""
PURPOSES = '[purposes.operations]\n[purposes.analytics]\n[purposes.churn]\nparent = "analytics"\n'
CENTRAL = """
@id("mesh.domain.discover") @why("a domain finds its own products")
permit(principal, action == Mesh::Action::"discover", resource) when { resource in principal.domain };
@id("mesh.domain.read") @why("a domain reads its own products")
permit(principal, action == Mesh::Action::"read", resource) when { resource in principal.domain };
@id("mesh.unclassified.clear") @why("whoever may read sees what is unclassified")
permit(principal, action == Mesh::Action::"see_clear", resource) unless { resource.classified };
@id("mesh.own.token") @why("a domain counts its own people")
permit(principal, action == Mesh::Action::"see_token", resource in Mesh::Class::"pii")
when { resource in principal.domain };
@id("mesh.commercial.never") @why("margins stay with the board")
forbid(principal, action in [Mesh::Action::"see_clear", Mesh::Action::"see_coarse", Mesh::Action::"see_token"],
  resource in Mesh::Class::"commercial") unless { context.purpose == Mesh::Purpose::"operations" };
"""
OWN = """
@id("ID.team") @why("the neighbours work with it")
permit(principal in Mesh::Team::"TEAM", action in [Mesh::Action::"discover", Mesh::Action::"read"],
  resource == Mesh::Product::"ID");
@id("ID.token") @why("rows of one person can be counted")
permit(principal in Mesh::Team::"TEAM", action == Mesh::Action::"see_token", resource in Mesh::Class::"pii")
when { resource in Mesh::Product::"ID" && context.purpose in Mesh::Purpose::"analytics" };
@id("ID.coarse") @why("years and domains are enough")
permit(principal in Mesh::Team::"TEAM", action == Mesh::Action::"see_coarse", resource in Mesh::Class::"pii")
when { resource in Mesh::Product::"ID" && context.purpose in Mesh::Purpose::"analytics" };
"""
KINDS = ("", "", "", "", "", "pii.contact.email", "pii.name", "pii.birth_date", "pii.contact", "commercial")
"""The class of each column of a product."""


@dataclass(frozen=True)
class Asked:
    """Policies, and requests of people who hold grants among other people's products."""

    policies: Policies
    requests: tuple[AccessRequest, ...]


def ask(products: int, grants: int, questions: int) -> Asked:
    """Make products of ten columns, a person to every team of twenty domains, and grants; draw questions by seed."""
    specs = [_spec(number) for number in range(products)]
    people = 'data_protection = ["office"]\n[teams.office]\ndomain = "office"\n[users.dora]\nteams = ["office"]\n'
    for n in range(DOMAINS):
        people += f'[teams.team{n}]\ndomain = "domain{n}"\npurposes = ["operations", "analytics"]\n'
        people += "".join(f'[users.u{n}-{who}]\nteams = ["team{n}"]\n' for who in range(10))
    own = {
        spec.id: OWN.replace("ID", spec.id).replace("TEAM", f"team{(n + 1) % DOMAINS}") for n, spec in enumerate(specs)
    }
    policies = policies_of(PolicyTexts(CLASSES, PURPOSES, people, CENTRAL, own), specs)
    chance = random.Random(5)
    held: dict[str, list[Grant]] = {}
    for number in range(grants):
        user = f"u{chance.randrange(DOMAINS)}-{chance.randrange(10)}"
        held.setdefault(user, []).append(_grant(number, user, chance.choice(specs)))
    users = sorted(held)
    return Asked(policies, tuple(_request(policies, specs, held, users, chance) for _ in range(questions)))


def _spec(number: int) -> Spec:
    columns = tuple(
        ColumnSpec(name=f"c{i}", type=ScalarType(kind="string"), classes=(c,) if c else ()) for i, c in enumerate(KINDS)
    )
    domain = number % DOMAINS
    return Spec(
        id=f"domain{domain}.p{number}", version="1.0.0", owner=f"team{domain}", purpose="operations", columns=columns
    )


def _grant(number: int, user: str, spec: Spec) -> Grant:
    owner = f"u{spec.domain.removeprefix('domain')}-0"
    owner = owner if owner != user else f"{owner[:-1]}1"
    said = (("approve", owner, "owner"), ("approve", "dora", "data-protection"))
    acts = [GrantAct.model_validate({"act": a, "by": b, "role": r, "at": NOW}) for a, b, r in said]
    team = f"team{user[1:].partition('-')[0]}"
    facts = {
        "id": f"g{number}",
        "product": spec.id,
        "requester": user,
        "grantee": f"user:{user}",
        "teams": (team,),
        "cls": "pii.contact",
        "level": "clear",
        "purpose": "analytics",
        "asked_at": NOW,
        "until": NOW + timedelta(days=30),
        "reason": "to call back",
        "acts": acts,
    }
    return Grant.model_validate(facts)


def _request(
    policies: Policies, specs: list[Spec], held: dict[str, list[Grant]], users: list[str], chance: random.Random
) -> AccessRequest:
    """Half of the questions are about a product that the person has a grant for."""
    user = chance.choice(users)
    granted = {grant.product for grant in held[user]}
    number = (
        int(chance.choice(sorted(granted)).rpartition("p")[2])
        if chance.random() < 0.5
        else chance.randrange(len(specs))
    )
    purpose = chance.choice(("analytics", "operations", "churn"))
    return AccessRequest(policies.principals.find(user), purpose, NOW, specs[number], tuple(held[user]))
