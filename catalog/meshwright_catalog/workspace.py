"""The catalog of a workspace: its file, its policies and whose tokens it takes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI

from meshwright.access import Policies, Principals, policies_of
from meshwright.errors import CatalogUnavailable, PolicyRejected
from meshwright.io.delta import DeltaStore
from meshwright.io.issuer.endpoints import endpoints
from meshwright.io.issuer.keys import IssuerKeys
from meshwright.io.issuer.secret import login_secret
from meshwright.io.keys import KeyFile, make_missing_keys, open_keys
from meshwright.io.policies import read_policies
from meshwright.io.signatures import signature
from meshwright.io.tokens import make_signing_key, signing_key
from meshwright.io.workspace import Workspace, find_workspace, read_workspace
from meshwright.ports import Clock
from meshwright_catalog.app import create_app, serve_rows, sign_in_at
from meshwright_catalog.audit.central import CentralRules
from meshwright_catalog.gate import PolicyGate, TokenVerifier
from meshwright_catalog.gateway.gateway import Storage
from meshwright_catalog.gateway.lake import Lake
from meshwright_catalog.issuer import IssuedTokens
from meshwright_catalog.login.code import client_of
from meshwright_catalog.login.login import Login
from meshwright_catalog.settings import Settings, kept_at
from meshwright_catalog.signin import DevelopmentTokens
from meshwright_catalog.teams.book import TeamBook

log = logging.getLogger(__name__)

FILES = ("classes.toml", "purposes.toml", "principals.toml", "mesh.cedar")


@dataclass
class PolicyFolder:
    """The mesh's own policies, read again when a file changes; while one cannot be read, nothing is decided."""

    folder: Path
    _stamp: tuple[tuple[int, int], ...] = ()
    _policies: Policies | None = field(default=None)

    def __call__(self) -> Policies:
        """Return the policies as the files say now; raise `CatalogUnavailable` while they cannot be read."""
        stamp = tuple(_stamp(self.folder / name) for name in FILES)
        if self._policies is None or stamp != self._stamp:
            try:
                self._policies = policies_of(read_policies(self.folder, {}))
            except PolicyRejected as problem:
                self._policies = None
                log.error("%s", problem)  # noqa: TRY400 - the sentence says it all
                raise CatalogUnavailable("catalog", "the mesh's policies cannot be read") from None
            self._stamp = stamp
        return self._policies


def workspace_app(start: Path, env: str | None, database: Path | None, clock: Clock) -> tuple[FastAPI, str]:
    """Serve the catalog of the workspace around a folder; say in which file, or that it is kept in a PostgreSQL."""
    workspace = read_workspace(find_workspace(start), env)
    place = database or workspace.catalog_place
    storage = _storage(workspace)
    folder = PolicyFolder(workspace.root / workspace.settings.mesh.policies)
    policies = CentralRules(folder, KeyFile(workspace.state / "keys.json").ids, clock)
    policies()
    verify = _verifier(workspace, lambda: policies().principals, clock)
    teams = _teams(workspace, clock)
    gate = PolicyGate(policies if teams is None else teams.over(policies), clock)
    key = workspace.state / "signing.pem"
    login = _login(workspace, verify)
    settings = _addressed(kept_at(place), login)
    sign = partial(signature, key_file=key)
    app = create_app(settings, gate=gate, verify=verify, clock=clock, sign=sign, teams=teams, rules=policies)
    serve_rows(app, storage, settings.reads)
    if login is not None:
        sign_in_at(app, login)
    return app, str(place) if isinstance(place, Path) else "a PostgreSQL"


def _storage(workspace: Workspace) -> Storage:
    """Open the roots that mesh.toml names, and the mesh's keys: a key file of the owner alone, or the environment."""
    here = workspace.here
    roots = dict.fromkeys(workspace.place(root) for root in (here.root, *here.catalog.roots))
    keys = workspace.state / "keys.json"
    make_missing_keys(keys)
    open_keys(keys)  # a server whose keys are unusable says so when it starts
    return Storage(Lake(tuple(DeltaStore(root, here.storage_options) for root in roots)), KeyFile(keys))


def _verifier(workspace: Workspace, principals: Callable[[], Principals], clock: Clock) -> TokenVerifier:
    """Believe the issuer that mesh.toml names, and nobody else; only without one, the workspace's own key."""
    key_file = workspace.state / "signing.pem"
    make_signing_key(key_file)  # it also signs what the audit hands out
    if oidc := workspace.here.catalog.oidc:
        return IssuedTokens(oidc, IssuerKeys(oidc.jwks).find, principals, clock)
    return DevelopmentTokens(signing_key(key_file).public_key(), principals, clock)


def _teams(workspace: Workspace, clock: Clock) -> TeamBook | None:
    """Note who is in which team where the issuer's tokens say so."""
    oidc = workspace.here.catalog.oidc
    named = oidc is not None and oidc.teams_claim is not None
    return TeamBook(clock, timedelta(days=oidc.teams_days)) if oidc is not None and named else None


def _login(workspace: Workspace, verify: TokenVerifier) -> Login | None:
    """Let people sign in where mesh.toml names a client; a service whose secret is unusable says so when it starts."""
    oidc = workspace.here.catalog.oidc
    if oidc is None or oidc.login is None or not isinstance(verify, IssuedTokens):
        return None
    public = oidc.login.token_endpoint_auth_method == "none"
    secret = "" if public else login_secret(Path(workspace.place(oidc.login.secret_file)))
    key = signing_key(workspace.state / "signing.pem")
    return Login(verify, client_of(oidc.audience, oidc.login, secret), endpoints(oidc.issuer, oidc.login), key)


def _addressed(settings: Settings, login: Login | None) -> Settings:
    """Let browsers address the service by the name that mesh.toml gives it, too."""
    name = urlsplit(login.address).hostname if login is not None else None
    return settings if name is None else replace(settings, hosts=(*settings.hosts, name))


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
