"""A served lake with people who ask for access, decide about it and answer for data protection."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import gateway_lake
import httpx
from gateway_lake import NO_TLS, Served, serving

from meshwright.access import Principal, policies_of
from meshwright.grants import Grant, GrantAct
from meshwright.io.grants import HttpGrants
from meshwright.io.service import Service
from meshwright.io.tokens import Identity, sign_development_token
from meshwright.ports import PolicyTexts
from meshwright_catalog.database import next_sequence
from meshwright_catalog.grants.rows import add, add_act, next_id
from meshwright_catalog.settings import Settings

CLASSES = gateway_lake.CLASSES.replace("[classes.pii]\n", "[classes.pii]\nbreak_glass = true\n", 1)
PEOPLE = """
data_protection = ["data-office"]
[teams.data-office]
domain = "office"
[teams.order-desk]
domain = "sales"
purposes = ["operations", "analytics"]
[teams.planning]
domain = "supply_chain"
purposes = ["operations", "analytics"]
[teams.buyers]
domain = "supply_chain"
purposes = ["analytics"]
[users.ana]
teams = ["order-desk"]
[users.ana-admin]
teams = ["order-desk"]
person = "ana"
[users.bob]
teams = ["order-desk"]
[users.ben]
teams = ["planning"]
[users.pia]
teams = ["planning"]
[users.dora]
teams = ["data-office"]
[users.dan]
teams = ["data-office"]
[users.eve]
purposes = ["analytics"]
"""
EMAIL = {"cls": "pii.contact.email", "level": "clear"}


@dataclass(frozen=True)
class Desk:
    """The API of grants, as people call it."""

    served: Served

    def __call__(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """Call the API as somebody."""
        url = f"{self.served.url}/api/v1/access/{path}"
        return httpx.request(
            method, url, json=body, headers=self.headers(who), trust_env=False, timeout=60, verify=NO_TLS
        )

    def headers(self, who: str, **more: str) -> dict[str, str]:
        """Give the headers of somebody; a name with a dot is a product's service."""
        identity = Identity("service" if "." in who else "user", who)
        token = sign_development_token(identity, self.served.key, self.served.clock(), timedelta(hours=1))
        return {"Authorization": f"Bearer {token}", **more}

    def ask(self, who: str = "ben", *, days: float = 30, **wanted: Any) -> httpx.Response:
        """Ask for the e-mail addresses in the clear, unless said otherwise."""
        until = (self.served.clock() + timedelta(days=days)).isoformat()
        usual = {"product": "sales.orders", "purpose": "analytics", "until": until, "reason": "to call customers back"}
        what = {} if {"columns", "cls", "level"} & set(wanted) else EMAIL
        return self(who, "POST", "requests", {**usual, **what, **wanted})

    def asked(self, who: str = "ben", **wanted: Any) -> str:
        """Ask, and give the id of the request."""
        answer = self.ask(who, **wanted)
        assert 201 == answer.status_code, answer.text
        found: str = answer.json()["grant"]["id"]
        return found

    def granted(self, who: str = "ben", by: tuple[str, ...] = ("ana", "dora"), **wanted: Any) -> str:
        """Ask, and let people approve."""
        grant = self.asked(who, **wanted)
        for each in by:
            answer = self.say(each, grant, "approve")
            assert 200 == answer.status_code, answer.text
        return grant

    def say(self, who: str, grant: str, act: str, note: str = "") -> httpx.Response:
        """Say something to a grant."""
        kind = "requests" if act in ("approve", "refuse") else "grants"
        return self(who, "POST", f"{kind}/{grant}/{act}", {"note": note})

    def status(self, grant: str, who: str = "dora") -> str:
        """Tell how a grant stands, as somebody is told."""
        answer = self(who, "GET", "grants?which=owned" if who in ("dora", "dan", "ana", "bob") else "grants")
        found = {view["grant"]["id"]: view["status"] for view in answer.json()["grants"]}
        return str(found.get(grant, "unknown"))

    def sees_emails(self, who: str = "ben", purpose: str = "analytics") -> bool:
        """Tell whether somebody reads e-mail addresses in the clear, through the gateway."""
        answer = self.served.ask({"columns": ["email"], "levels": {"email": "clear"}, "purpose": purpose}, who)
        assert answer.status_code in (200, 401, 403, 404), answer.text
        return answer.status_code == 200

    def people(self, *changes: tuple[str, str]) -> None:
        """Change principals.toml from now on, in places that must be there."""
        text = PEOPLE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.served.policies[0] = policies_of(PolicyTexts(CLASSES, gateway_lake.PURPOSES, text, CENTRAL))

    def classes(self, text: str, central: str = "") -> None:
        """Change classes.toml, and add central policies."""
        self.served.policies[0] = policies_of(PolicyTexts(text, gateway_lake.PURPOSES, PEOPLE, CENTRAL + central))

    def later(self, **span: float) -> datetime:
        """Let time pass."""
        self.served.clock.now += timedelta(**span)
        return self.served.clock.now

    def crowd(self, count: int, who: str = "ben") -> None:
        """Let somebody have asked for a lot that they withdrew at once."""
        catalog, now = self.served.app.state.catalog, self.served.clock()
        asked = {"product": "sales.orders", "requester": who, "grantee": f"user:{who}", "level": "read"}
        times = {"asked_at": now, "until": now + timedelta(days=300)}
        withdrawn = GrantAct(act="revoke", by=who, role="holder", at=now)
        with catalog.change(Principal("user", who, "")) as visit:
            first = int(next_id(visit.session)[1:])
            for number in range(first, first + count):
                more = {"id": f"g{number}", "purpose": "analytics", "reason": "to look"}
                add(visit.session, Grant.model_validate({**asked, **times, **more}), next_sequence(visit.session))
                add_act(visit.session, f"g{number}", withdrawn)

    def client(self, who: str) -> HttpGrants:
        """Give the library's own client, as somebody."""
        return HttpGrants(Service.at(self.served.url, lambda: self.headers(who)["Authorization"].split()[1]))


CENTRAL = gateway_lake.CENTRAL


@contextmanager
def desk(folder: Path, settings: Settings | None = None) -> Generator[Desk]:
    """Serve twelve orders to these people; the catalog is a file unless said."""
    with serving(folder, settings=settings) as served:
        served.policies[0] = policies_of(PolicyTexts(CLASSES, gateway_lake.PURPOSES, PEOPLE, CENTRAL))
        served.publish()
        served.register()
        yield Desk(served)
