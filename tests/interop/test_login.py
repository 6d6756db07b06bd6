"""People sign in to the pages at a certified OpenID provider, and whatever comes back otherwise signs nobody in."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import httpx2
import jwt
import pytest
from fastapi.testclient import TestClient
from openid import Provider, lay_out, running

from meshwright.errors import KeysUnusable
from meshwright_catalog.workspace import workspace_app

pytestmark = pytest.mark.interop

HERE = "http://127.0.0.1"
BACK = f"{HERE}/login/callback"
METHODS = ["none", "client_secret_basic", "client_secret_post"]


@dataclass
class Moment:
    """The present, moved by a test."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Desk:
    """A person's browser: what it keeps for the catalog, and what for the provider."""

    catalog: TestClient
    provider: httpx.Client
    at: Provider
    back: str = BACK

    def leave(self, next: str = "/access") -> str:
        """Begin a sign-in; return where the catalog sends the browser."""
        answer = self.catalog.get("/login/begin", params={"next": next})
        assert 303 == answer.status_code, answer.text
        return answer.headers["location"]

    def sent_back(self, name: str = "ana", **changed: str) -> str:
        """Sign in at the provider; return where it sends the browser. What is asked of it may be changed on the way."""
        address = urlsplit(self.leave())
        asked = dict(parse_qsl(address.query)) | changed
        return self.at.sent_back(self.provider, f"{address.path}?{urlencode(asked)}", self.back, name)

    def come_back(self, address: str, **changed: str | None) -> httpx2.Response:
        """Bring the catalog what the provider said, or something else."""
        said = dict(parse_qsl(urlsplit(address).query)) | changed
        return self.catalog.get("/login/callback", params={k: v for k, v in said.items() if v is not None})

    def keep(self, begun: str) -> None:
        """Keep this in the place of all that the catalog gave."""
        self.catalog.cookies.clear()
        self.catalog.cookies.set("mesh_login", begun, domain="127.0.0.1")

    @property
    def signed_in(self) -> bool:
        """Whether pages are shown."""
        return 200 == self.catalog.get("/").status_code


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def moment() -> Moment:
    return Moment()


Arrange = Callable[..., Desk]


def settings(provider: Provider, method: str, audience: str = "", address: str = HERE, lines: str = "") -> str:
    """Write a mesh.toml."""
    return f"""
[env.dev.catalog.oidc]
issuer = "{provider.issuer}"
audience = "{audience or provider.audience}"
jwks = "{provider.issuer}/jwks"
[env.dev.catalog.oidc.login]
client_id = "catalog-{method}"
token_endpoint_auth_method = "{method}"
address = "{address}"
{lines}
"""


@pytest.fixture
def arrange(provider: Provider, tmp_path: Path, moment: Moment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Arrange]:
    """Give what opens a catalog for a client of the provider, and a browser."""
    with ExitStack() as opened:

        def arranged(method: str = "none", secret: str = "", at: Provider = provider, **said: str) -> Desk:
            monkeypatch.setenv("MESH_LOGIN_SECRET", secret or at.secret)
            (lay_out(tmp_path) / "mesh.toml").write_text(settings(at, method, **said))
            app, _ = workspace_app(tmp_path, None, None, moment)
            address = said.get("address", HERE)
            catalog = opened.enter_context(TestClient(app, base_url=address, follow_redirects=False))
            browser = opened.enter_context(httpx.Client(base_url=at.issuer, trust_env=False, timeout=60))
            return Desk(catalog, browser, at, f"{address}/login/callback")

        yield arranged


@pytest.fixture
def desk(arrange: Arrange) -> Desk:
    return arrange()


@pytest.mark.parametrize("method", METHODS)
def test_a_person_signs_in_and_goes_on_to_where_they_were(arrange: Arrange, method: str) -> None:
    desk = arrange(method)
    refused = desk.catalog.get("/access")
    button = desk.catalog.get(refused.headers["location"]).text
    finished = desk.come_back(desk.sent_back())
    done = desk.catalog.get(finished.headers["location"])

    assert 'href="/login/begin?next=%2Faccess"' in button
    assert (303, "/login/done?next=%2Faccess") == (finished.status_code, finished.headers["location"])
    assert 'content="0; url=/access"' in done.text
    assert "<span>ana" in desk.catalog.get("/access").text


def test_what_is_asked_of_the_provider_is_a_code_for_this_catalog_and_this_browser(desk: Desk) -> None:
    first, second = (dict(parse_qsl(urlsplit(desk.leave()).query)) for _ in range(2))

    drawn = {"state", "nonce", "code_challenge"}
    assert {
        "response_type": "code",
        "client_id": "catalog-none",
        "redirect_uri": BACK,
        "scope": "openid",
        "code_challenge_method": "S256",
        "resource": desk.at.audience,
    } == {name: value for name, value in first.items() if name not in drawn}
    assert 6 == len({each[name] for each in (first, second) for name in drawn})
    assert all(43 == len(first[name]) for name in drawn)


def test_the_pages_keep_the_access_token_as_long_as_it_holds_and_nothing_else(desk: Desk, moment: Moment) -> None:
    finished = desk.come_back(desk.sent_back())
    kept = dict(desk.catalog.cookies)
    cookie = next(c for c in finished.headers.get_list("set-cookie") if c.startswith("mesh_token="))
    header = jwt.get_unverified_header(kept["mesh_token"])
    seconds = int(cookie.partition("Max-Age=")[2].partition(";")[0])
    bearer = {"Authorization": f"Bearer {kept['mesh_token']}"}

    assert ["mesh_token"] == list(kept)
    assert "at+jwt" == header["typ"]
    assert 290 < seconds <= 300
    assert cookie.endswith("; Path=/; SameSite=strict")
    assert "HttpOnly" in cookie
    assert 200 == desk.catalog.get("/api/v1/products", headers=bearer).status_code
    moment.ahead = timedelta(seconds=301)
    assert "/login?next=%2Faccess" == desk.catalog.get("/access").headers["location"]


def test_over_https_no_other_host_can_set_what_a_browser_keeps(arrange: Arrange) -> None:
    address = "https://catalog.example"
    with running(f"{address}/login/callback") as at:
        desk = arrange(at=at, address=address)
        begun = desk.catalog.get("/login/begin").headers["set-cookie"]
        finished = desk.come_back(desk.sent_back())
        kept = [c for c in finished.headers.get_list("set-cookie") if "_token=" in c]
        signed_in = desk.signed_in

    assert begun.startswith("__Host-mesh_login=ey")
    assert begun.endswith("; HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure")
    assert kept[0].startswith("__Host-mesh_token=ey")
    assert kept[0].endswith("; Path=/; SameSite=strict; Secure")
    assert signed_in


def test_signing_out_ends_the_session_here(desk: Desk) -> None:
    desk.come_back(desk.sent_back())
    before = desk.signed_in
    desk.catalog.post("/logout", headers={"Origin": "http://evil.example"})
    by_another_site = desk.signed_in
    desk.catalog.post("/logout", headers={"Origin": HERE})

    assert (True, True, False) == (before, by_another_site, desk.signed_in)
    assert {} == dict(desk.catalog.cookies)


def test_who_is_signed_in_is_who_the_last_provider_answer_says(desk: Desk) -> None:
    desk.come_back(desk.sent_back("ana"))
    desk.provider.cookies.clear()
    desk.come_back(desk.sent_back("ben"))

    assert "<span>ben" in desk.catalog.get("/").text


def refused(desk: Desk, answer: httpx2.Response, words: str, status: int = 401) -> None:
    """Hold that nobody is signed in, that a page says why, and that nothing which was brought is on it."""
    said = " ".join(answer.text.split())
    assert (status, True) == (answer.status_code, words in said), said
    assert "mesh_token" not in desk.catalog.cookies
    assert "mesh_login" not in desk.catalog.cookies
    assert not desk.signed_in
    brought = [value for values in parse_qs(answer.request.url.query.decode()).values() for value in values]
    assert [] == [value for value in brought if value in said]


NOT_BEGUN = "this browser began no such sign-in in the last 10 minutes"


@pytest.mark.parametrize("state", ["forged", "", None], ids=["forged", "empty", "missing"])
def test_attack_30_an_answer_with_another_state(desk: Desk, state: str | None) -> None:
    refused(desk, desk.come_back(desk.sent_back(), state=state), NOT_BEGUN)


def test_attack_30_an_answer_in_another_browser(desk: Desk) -> None:
    address = desk.sent_back()
    desk.catalog.cookies.clear()

    refused(desk, desk.come_back(address), NOT_BEGUN)


def test_attack_30_an_answer_that_says_something_twice(desk: Desk) -> None:
    address = desk.sent_back()

    refused(desk, desk.catalog.get(f"{address}&code=another"), NOT_BEGUN)


def test_an_answer_after_too_long(desk: Desk, moment: Moment) -> None:
    address = desk.sent_back()
    moment.ahead = timedelta(minutes=10)

    refused(desk, desk.come_back(address), NOT_BEGUN)


def test_attack_30_what_a_browser_keeps_is_taken_from_us_alone(desk: Desk) -> None:
    address = desk.sent_back()
    kept = desk.catalog.cookies["mesh_login"]
    head, claims, signature = kept.split(".")
    desk.leave()
    mixed = desk.catalog.cookies["mesh_login"].split(".")[1]
    forged = [f"{head}.{mixed}.{signature}", f"{head}.{claims}.", "x" * 5000, desk.at.service_token("sales-deploy")]

    assert mixed != claims
    for each in forged:
        desk.keep(each)
        refused(desk, desk.come_back(address), NOT_BEGUN)
    desk.keep(kept)
    assert 303 == desk.come_back(address).status_code


def test_attack_30_an_id_token_of_another_sign_in(desk: Desk) -> None:
    address = desk.sent_back(nonce="another")

    refused(desk, desk.come_back(address), "the ID token was not accepted: it is of another sign-in")


def test_attack_30_a_code_that_was_used_already(desk: Desk) -> None:
    address = desk.sent_back()
    kept = desk.catalog.cookies["mesh_login"]
    first = desk.come_back(address)
    again = desk.come_back(address)
    desk.keep(kept)
    with_what_was_kept = desk.come_back(address)

    assert (303, 401) == (first.status_code, again.status_code)
    refused(desk, with_what_was_kept, "the issuer gave no tokens for its code: it answers 400")


def test_attack_30_a_code_of_somebody_elses_sign_in(desk: Desk) -> None:
    stolen = parse_qs(urlsplit(desk.sent_back("ben")).query)["code"][0]
    desk.provider.cookies.clear()

    refused(desk, desk.come_back(desk.sent_back("ana"), code=stolen), "the issuer gave no tokens for its code")


@pytest.mark.parametrize("iss", ["http://127.0.0.1:9", "", None], ids=["another's", "empty", "missing"])
def test_attack_31_an_answer_of_another_issuer(desk: Desk, iss: str | None) -> None:
    """The provider's document says that its answers name it (RFC 9207), so one that does not is not of it."""
    refused(desk, desk.come_back(desk.sent_back(), iss=iss), "not of the issuer that this catalog believes")


def test_an_issuer_that_mesh_toml_gives_the_endpoints_of_need_not_name_itself(
    arrange: Arrange, provider: Provider
) -> None:
    places = {name: f'{name}_endpoint = "{provider.issuer}/{path}"' for name, path in PATHS.items()}
    desk = arrange(lines="\n".join(places.values()))

    assert 303 == desk.come_back(desk.sent_back(), iss=None).status_code
    assert 401 == desk.come_back(desk.sent_back(), iss="http://127.0.0.1:9").status_code


PATHS = {"authorization": "auth", "token": "token"}


def test_attack_30_an_id_token_that_has_ended(desk: Desk, moment: Moment) -> None:
    address = desk.sent_back()
    moment.ahead = timedelta(seconds=90)  # the ID token lives for a minute, the access token for five

    refused(desk, desk.come_back(address), "the ID token was not accepted: it has expired")


def test_a_provider_that_gives_no_access_token_for_the_catalog_signs_nobody_in(arrange: Arrange) -> None:
    desk = arrange(audience="catalog")  # no address, so it cannot be asked for: the token is the provider's own

    refused(desk, desk.come_back(desk.sent_back()), "the access token was not accepted: it is no signed token")


def test_who_does_not_stand_in_principals_toml_is_told_what_to_ask_for(desk: Desk) -> None:
    refused(desk, desk.come_back(desk.sent_back("eve")), "ask for an entry in policies/principals.toml")


def test_who_does_not_agree_is_not_signed_in(desk: Desk) -> None:
    answer = desk.provider.get(desk.leave())
    answer = desk.provider.get(f"{answer.headers['location']}/abort", follow_redirects=False)
    while answer.is_redirect and not answer.headers["location"].startswith(BACK):
        answer = desk.provider.get(answer.headers["location"])

    assert "error=access_denied" in answer.headers["location"]
    refused(desk, desk.come_back(answer.headers["location"]), "the issuer did not sign you in")


@pytest.mark.parametrize("method", METHODS[1:])
def test_a_wrong_secret_signs_nobody_in(arrange: Arrange, method: str) -> None:
    desk = arrange(method, secret="wrong")

    refused(desk, desk.come_back(desk.sent_back()), "the issuer gave no tokens for its code: it answers 401")


def test_a_provider_that_is_down_is_told_of_and_signs_nobody_in(arrange: Arrange) -> None:
    with running() as at:
        desk = arrange(at=at)
        address = desk.sent_back()
    later = desk.come_back(address)

    refused(desk, later, "does not answer just now", 503)
    assert "mesh_token" not in desk.catalog.cookies


def test_nobody_is_sent_to_a_provider_that_is_down(arrange: Arrange) -> None:
    with running() as at:
        desk = arrange(at=at)
    answer = desk.catalog.get("/login/begin?next=/access")

    refused(desk, answer, "does not answer just now", 503)
    assert "/login/begin?next=%2Faccess" in answer.text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/login/callback"])
def test_nobody_is_led_away_after_signing_in(desk: Desk, elsewhere: str) -> None:
    address = urlsplit(desk.leave(elsewhere))
    back = desk.at.sent_back(desk.provider, f"{address.path}?{address.query}", BACK, "ana")

    assert "/login/done?next=%2F" == desk.come_back(back).headers["location"]


def test_a_browser_that_came_by_another_name_is_led_to_the_one_it_comes_back_to(desk: Desk) -> None:
    answer = desk.catalog.get("/login/begin?next=/access", headers={"Host": "localhost"})
    with_a_proxy_that_changes_the_name = desk.catalog.get(answer.headers["location"], headers={"Host": "localhost"})

    assert f"{HERE}/login/begin?next=%2Faccess&moved=once" == answer.headers["location"]
    assert "set-cookie" not in answer.headers
    refused(desk, with_a_proxy_that_changes_the_name, "A proxy has to hand it on", 421)
    assert desk.catalog.get(answer.headers["location"]).headers["location"].startswith(desk.at.issuer)


def test_where_people_sign_in_at_the_issuer_no_token_is_pasted(desk: Desk) -> None:
    token = desk.at.user_tokens("ana")["access_token"]
    page = desk.catalog.get("/login").text
    answer = desk.catalog.post("/login", data={"token": token}, headers={"Origin": HERE})

    assert "<form" not in page
    refused(desk, answer, "Tokens are not pasted here", 403)


def test_no_code_token_or_secret_is_logged_kept_or_shown(
    arrange: Arrange, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = arrange("client_secret_basic")
    sent_back = desk.sent_back()
    kept, code = desk.catalog.cookies["mesh_login"], parse_qs(urlsplit(sent_back).query)["code"][0]
    caplog.clear()
    finished = desk.come_back(sent_back)
    token = desk.catalog.cookies["mesh_token"]
    replayed = desk.come_back(sent_back)
    pages = [finished, replayed, desk.catalog.get(finished.headers["location"]), desk.catalog.get("/access")]
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name != "httpx2")  # that is the test's own browser
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert "a sign-in was refused" in ours
    for value in (code, kept, token, token.split(".")[1], desk.at.secret):
        assert value not in ours + "".join(page.text + page.headers.get("location", "") for page in pages)
        assert value.encode() not in files


def test_a_secret_comes_from_a_file_of_its_owner_alone(
    arrange: Arrange, provider: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrange("client_secret_basic")
    monkeypatch.delenv("MESH_LOGIN_SECRET")
    file = tmp_path / ".mesh" / "login-secret"
    with pytest.raises(KeysUnusable, match="is not there"):
        workspace_app(tmp_path, None, None, Moment())
    file.write_text(f"{provider.secret}\n")
    file.chmod(0o644)
    with pytest.raises(KeysUnusable, match="can be read by others") as exposed:
        workspace_app(tmp_path, None, None, Moment())
    file.chmod(0o600)
    app, _ = workspace_app(tmp_path, None, None, Moment())
    with TestClient(app, base_url=HERE, follow_redirects=False) as catalog, httpx.Client(base_url=provider.issuer) as b:
        desk = Desk(catalog, b, provider)
        finished = desk.come_back(desk.sent_back())

    assert provider.secret not in str(exposed.value)
    assert 303 == finished.status_code
