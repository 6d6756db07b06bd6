"""A certified OpenID provider on this machine, and the ways through its forms that a browser would take.

The npm package oidc-provider runs in the Node of `.venv-interop`; `scripts/install --all` makes both.
"""

import hashlib
import json
import subprocess
import time
from base64 import urlsafe_b64encode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

INTEROP = Path(__file__).parents[2] / ".venv-interop"
NODE = INTEROP / "bin" / "node"
PACKAGE = INTEROP / "node" / "node_modules" / "oidc-provider" / "lib" / "index.js"
SCRIPT = Path(__file__).parents[1] / "interop" / "oidc-provider" / "issuer.mjs"

POLICIES = {
    "classes.toml": "[classes.pii]\n",
    "purposes.toml": "[purposes.operations]\n[purposes.analytics]\n",
    "principals.toml": """
[teams.order-desk]
domain = "sales"
purposes = ["operations"]
[teams.planning]
domain = "supply_chain"
purposes = ["analytics"]
[users.ana]
[users.ben]
teams = ["order-desk"]
[services.sales-deploy]
domain = "sales"
[services.planning-deploy]
domain = "supply_chain"
[services."sales.orders"]
domain = "sales"
""",
    "mesh.cedar": "",
}


@dataclass(frozen=True)
class Provider:
    """The provider as it runs, and the ways to a token of it."""

    process: "subprocess.Popen[str]"
    issuer: str
    audience: str
    secret: str
    node: str

    def service_token(self, client: str, **asked: str) -> str:
        """Ask as a service, for a resource."""
        form = {"grant_type": "client_credentials", "resource": self.audience} | asked
        answer = httpx.post(f"{self.issuer}/token", data=form, auth=(client, self.secret), trust_env=False, timeout=60)
        assert 200 == answer.status_code, answer.text
        return str(answer.json()["access_token"])

    def user_tokens(self, name: str) -> dict[str, str]:
        """Sign a person in as a browser would: code and PKCE, a form for who, a form that agrees."""
        verifier, back = "v" * 43, f"{self.issuer}/back"
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": "portal",
            "response_type": "code",
            "redirect_uri": back,
            "scope": "openid",
            "resource": self.audience,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        with httpx.Client(base_url=self.issuer, trust_env=False, timeout=60, follow_redirects=False) as browser:
            code = parse_qs(urlsplit(self.sent_back(browser, f"/auth?{urlencode(asked)}", back, name)).query)["code"][0]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
            found = browser.post("/token", data=form, auth=("portal", self.secret))
        assert 200 == found.status_code, found.text
        return dict(found.json())

    def sent_back(self, browser: httpx.Client, start: str, back: str, name: str) -> str:
        """Walk as a person from an address to where the provider sends them back to."""
        answer = browser.get(start)
        while not answer.headers.get("location", "").startswith(back):
            assert answer.status_code < 400, answer.text
            answer = self._next(browser, answer, name)
        return str(answer.headers["location"])

    def _next(self, browser: httpx.Client, answer: httpx.Response, name: str) -> httpx.Response:
        if answer.is_redirect:
            return browser.get(answer.headers["location"])
        form = Form()
        form.feed(answer.text)
        return browser.post(form.action, data=form.fields | {"login": name, "password": "any"})

    def rotate(self) -> None:
        """Take new keys, and forget the old ones."""
        assert "rotated\n" == self._told("")

    def place(self, **teams: list[str]) -> None:
        """Put people into teams, as tokens say from the next second on: that is how exactly they tell their time."""
        assert "noted\n" == self._told(json.dumps(teams))
        time.sleep(1 - time.time() % 1)

    def _told(self, line: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


@dataclass
class Form(HTMLParser):
    """The form of a page: where it goes and what it hides."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.action = said.get("action") or ""
        if tag == "input" and said.get("type") == "hidden":
            self.fields[said.get("name") or ""] = said.get("value") or ""


@contextmanager
def running(*arguments: str) -> Generator[Provider]:
    """Run the provider; the arguments are where the catalog lets people come back to, and the provider's host."""
    command = [str(NODE), str(SCRIPT), str(PACKAGE), *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        assert str(INTEROP) in said.pop("execPath")
        yield Provider(process, **said)
        process.kill()


def lay_out(folder: Path) -> Path:
    """Write the policies of a mesh that knows the provider's people and services."""
    (folder / "policies").mkdir(exist_ok=True)
    for name, text in POLICIES.items():
        (folder / "policies" / name).write_text(text)
    return folder
