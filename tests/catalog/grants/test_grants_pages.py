"""Asking and deciding on the pages, as a browser would."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from granting import CLASSES, Desk


def browse(desk: Desk, who: str, path: str, form: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
    """Open a page, or send a form as a page of the catalog does."""
    token = desk.headers(who)["Authorization"].split()[1]
    sent: dict[str, Any] = {"headers": {"Cookie": f"mesh_token={token}", **headers}, "trust_env": False, "timeout": 60}
    if form is None:
        return httpx.get(f"{desk.served.url}{path}", **sent)
    sent["headers"] = {"Origin": desk.served.url, **sent["headers"]}
    return httpx.post(f"{desk.served.url}{path}", data=form, **sent)


class Shown(HTMLParser):
    """What a page shows: its title, its alerts, what stands in its fields, which one is wrong, and what is chosen."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = self.faulty = ""
        self.alerts: list[str] = []
        self.values: dict[str, str] = {}
        self.chosen: set[str] = set()
        self._inside: dict[str, str | None] = {}
        self._tag = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._tag, self._inside = tag, found
        if tag == "input" and (name := found.get("id")):
            self.values[name] = found.get("value") or ""
        if "checked" in found or ("selected" in found and "value" in found):
            self.chosen.add(found.get("value") or "")
        if "aria-invalid" in found:
            self.faulty = found.get("id") or ""

    def handle_data(self, data: str) -> None:
        if self._tag == "h1":
            self.title = data
        elif self._inside.get("role") == "alert":
            self.alerts.append(data)
        elif self._tag == "option" and "selected" in self._inside and "value" not in self._inside:
            self.chosen.add(data)
        self._tag, self._inside = "", {}


def wish(desk: Desk, **changes: Any) -> dict[str, Any]:
    day = (desk.served.clock() + timedelta(days=20)).date().isoformat()
    usual = {
        "what": "pii.contact.email",
        "level": "clear",
        "purpose": "analytics",
        "until": day,
        "reason": "<b>calls</b>",
    }
    return {**usual, **changes}


def test_a_request_is_made_decided_and_ended_on_the_pages(desk: Desk) -> None:
    form = browse(desk, "ben", "/products/sales.orders").text
    asked = browse(desk, "ben", "/products/sales.orders/request", wish(desk))
    (view,) = desk("ben", "GET", "grants").json()["grants"]
    grant = view["grant"]["id"]
    waiting = browse(desk, "ana", "/access").text
    for who in ("ana", "dora"):
        assert 303 == browse(desk, who, f"/access/{grant}/approve", {"note": ""}).status_code
    sees = desk.sees_emails()
    owned = browse(desk, "bob", "/access").text
    browse(desk, "bob", f"/access/{grant}/revoke", {"note": "done"})

    assert 'action="/products/sales.orders/request"' in form
    assert (303, "/access") == (asked.status_code, asked.headers["location"])
    assert f'formaction="/access/{grant}/approve"' in waiting
    assert "&lt;b&gt;calls&lt;/b&gt;" in waiting
    assert sees
    assert f'formaction="/access/{grant}/revoke"' in owned
    assert not desk.sees_emails()


def test_whoever_is_shown_the_form_is_led_to_it_from_a_column_and_others_are_told_the_command(desk: Desk) -> None:
    named = '[services."sales.customers"]\ndomain = "sales"\npurposes = ["analytics"]\n'
    desk.people(("[users.eve]\n", f"{named}[users.eve]\n"))

    person, own, service = (
        browse(desk, who, "/products/sales.orders").text for who in ("ben", "ana", "sales.customers")
    )

    assert 'more: <a href="#ask">ask below</a>' in person
    assert 'id="ask"' in person
    assert "mesh access request" not in person
    assert "ask below" not in own
    assert "more with: mesh access allow" in own
    assert "ask below" not in service
    assert "more with: mesh access" in service


def test_what_cannot_be_asked_for_is_said_on_the_page(desk: Desk) -> None:
    no_day = browse(desk, "ben", "/products/sales.orders/request", wish(desk, until=""))
    no_calendar = browse(desk, "ben", "/products/sales.orders/request", wish(desk, until="9999-12-31"))
    too_long = browse(desk, "ben", "/products/sales.orders/request", wish(desk, until="2030-01-01"))
    hidden = browse(desk, "eve", "/products/sales.orders/request", wish(desk))
    own = browse(desk, "ben", f"/access/{desk.asked()}/approve", {"note": ""})

    answers = no_day, no_calendar, too_long, hidden, own
    assert (422, 422, 422, 404, 403) == tuple(each.status_code for each in answers)
    assert "lasts at most 365 days" in too_long.text
    assert "whoever asked does not decide" in own.text


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"until": ""}, "until", "until is missing"),
        ({"until": "", "reason": " ", "purpose": ""}, "for", "purpose, until and reason are missing"),
        ({"until": "soon"}, "until", "until is no date (write 2026-01-31)"),
        ({"until": "2020-01-01"}, "until", "until is over already"),
        ({"until": "9999-12-31"}, "until", "until lies outside of the calendar"),
        ({"until": "2030-01-01"}, "until", "until is too late: a grant of this lasts at most 365 days"),
        ({"level": ""}, "level", "level is missing"),
        ({"level": "all"}, "level", "level is none of read, token, coarse or clear"),
        ({"purpose": "fun"}, "for", "there is no such purpose"),
        ({"reason": "..."}, "reason", "the reason says nothing"),
        ({"reason": "x" * 501}, "reason", "reason has more than 500 characters"),
        ({"what": "pii.nothing"}, "what", "no column has that class"),
    ],
)
def test_a_request_that_is_refused_is_shown_as_it_was_filled_in_with_what_is_wrong_beside_the_field(
    desk: Desk, changes: dict[str, str], field: str, said: str
) -> None:
    form = wish(desk, **changes)
    page = browse(desk, "ben", "/products/sales.orders/request", form)
    shown = Shown(page.text)

    assert (422, "sales.orders", 1) == (page.status_code, shown.title, len(shown.alerts))
    assert said in shown.alerts[0]
    assert field == shown.faulty
    assert form["until"] == shown.values["until"]
    assert form["reason"] == shown.values["reason"]
    assert [] == desk("ben", "GET", "grants").json()["grants"]


def test_what_was_chosen_and_ticked_comes_back_with_a_refusal_for_the_purpose_and_major_of_the_page(
    desk: Desk,
) -> None:
    path = "/products/sales.orders/request?purpose=operations&major=1"
    page = browse(desk, "ben", path, wish(desk, columns=["email", "born"], level="coarse", reason="..."))
    shown = Shown(page.text)

    assert {"email", "born", "pii.contact.email", "coarse", "analytics", "operations"} == shown.chosen
    assert f'action="{path}"'.replace("&", "&amp;") in page.text
    assert '<details class="by-name" open>' in page.text


def test_a_refusal_that_is_about_no_field_is_said_at_the_form(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshwright_catalog.grants.service.MOST_WAITING", 1)
    desk.asked()
    shown = Shown(browse(desk, "ben", "/products/sales.orders/request", wish(desk, reason="to write to them")).text)

    assert (["1 requests of yours wait already (withdraw some of them)"], "") == (shown.alerts, shown.faulty)
    assert "to write to them" == shown.values["reason"]


def test_a_broken_glass_that_is_refused_is_shown_as_it_was_filled_in(desk: Desk) -> None:
    wanted = {"columns": ["email"], "purpose": "analytics", "reason": "aaaaaaaaaaa"}
    page = browse(desk, "ben", "/products/sales.orders/break-glass", wanted)
    nothing = Shown(browse(desk, "ben", "/products/sales.orders/break-glass", {"purpose": "", "reason": ""}).text)
    shown = Shown(page.text)

    assert (422, "glass-reason", "aaaaaaaaaaa") == (page.status_code, shown.faulty, shown.values["glass-reason"])
    assert "the reason is no sentence" in shown.alerts[0]
    assert {"email"} <= shown.chosen
    assert '<details class="glass" open>' in page.text
    assert (["purpose and reason are missing"], "glass-for") == (nothing.alerts, nothing.faulty)


def test_a_glass_that_nobody_can_break_is_refused_on_the_product_s_page(desk: Desk) -> None:
    desk.classes(CLASSES.replace("break_glass = true", ""))
    wanted = {"columns": ["email"], "purpose": "analytics", "reason": "the hand in hall 3 caught somebody"}
    page = browse(desk, "ben", "/products/sales.orders/break-glass", wanted)

    assert (422, ["no class of its columns allows to break the glass (ask for a grant)"]) == (
        page.status_code,
        Shown(page.text).alerts,
    )


@pytest.mark.parametrize("form", ["request", "break-glass"])
@pytest.mark.parametrize("reason", ["to call customers back", "..."])
def test_a_form_for_a_hidden_product_has_the_page_of_an_unknown_one(desk: Desk, form: str, reason: str) -> None:
    sent = wish(desk, columns=["email"], reason=reason)
    hidden, unknown = (browse(desk, "eve", f"/products/sales.{n}/{form}", sent) for n in ("orders", "nothing"))

    assert (404, 404, hidden.text) == (hidden.status_code, unknown.status_code, unknown.text)
    assert "There is no such page, or not for you." in hidden.text


@pytest.mark.parametrize("form", ["request", "break-glass"])
def test_the_address_of_a_form_leads_back_to_the_product(desk: Desk, form: str) -> None:
    led = browse(desk, "ben", f"/products/sales.orders/{form}")

    assert (303, "/products/sales.orders") == (led.status_code, led.headers["location"])


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_form_from_elsewhere_changes_nothing(desk: Desk, origin: str) -> None:
    grant = desk.asked()
    asked = browse(desk, "ben", "/products/sales.orders/request", wish(desk), Origin=origin)
    said = browse(desk, "ana", f"/access/{grant}/approve", {"note": ""}, Origin=origin)

    assert (403, 403) == (asked.status_code, said.status_code)
    assert 1 == len(desk("ben", "GET", "grants").json()["grants"])
    assert ["owner", "data protection"] == desk("ben", "GET", "grants").json()["grants"][0]["waits_for"]


def test_nobody_without_a_token_sees_or_says_anything(desk: Desk) -> None:
    grant = desk.asked()
    page = httpx.get(f"{desk.served.url}/access", trust_env=False, timeout=60)
    origin = {"Origin": desk.served.url}
    said = httpx.post(
        f"{desk.served.url}/access/{grant}/approve", data={"note": ""}, headers=origin, trust_env=False, timeout=60
    )

    assert [("/login?next=%2Faccess", 303)] * 2 == [(a.headers["location"], a.status_code) for a in (page, said)]


def test_columns_are_asked_for_by_name_in_the_place_of_a_class(desk: Desk) -> None:
    form = browse(desk, "ben", "/products/sales.orders").text
    asked = browse(desk, "ben", "/products/sales.orders/request", wish(desk, columns=["email", "born"]))
    (view,) = desk("ben", "GET", "grants").json()["grants"]

    assert 'name="columns" value="email">' in form
    assert (303, ["email", "born"], "", "clear") == (
        asked.status_code,
        view["grant"]["columns"],
        view["grant"]["cls"],
        view["grant"]["level"],
    )


def test_the_glass_is_broken_on_the_page_with_a_sentence_and_said_aloud(desk: Desk) -> None:
    form = browse(desk, "ben", "/products/sales.orders").text
    path = "/products/sales.orders/break-glass"
    wanted = {"columns": ["email"], "purpose": "analytics", "reason": "the hand in hall 3 caught somebody"}
    changes: list[dict[str, Any]] = [{"reason": "now"}, {"columns": []}]
    refused = [browse(desk, "ben", path, {**wanted, **change}) for change in changes]
    elsewhere = browse(desk, "ben", path, wanted, Origin="http://evil.example")
    nobody = httpx.post(
        f"{desk.served.url}{path}", data=wanted, headers={"Origin": desk.served.url}, trust_env=False, timeout=60
    )
    broken = browse(desk, "ben", path, wanted)
    page = browse(desk, "ben", "/access").text

    assert f'action="{path}"' in form
    assert [422, 422, 403, 303] == [a.status_code for a in (*refused, elsewhere, nobody)]
    assert "the reason is no sentence" in refused[0].text
    assert "name what you need, and no more" in refused[1].text
    assert (303, "/access") == (broken.status_code, broken.headers["location"])
    assert 'role="alert">ben broke the glass of sales.orders as g1, until' in page
    assert "It is in the audit under your name" in page
    assert desk.sees_emails()
    assert "broken glass, to be reviewed" in browse(desk, "ana", "/access").text


def test_the_glass_is_offered_only_where_every_class_of_a_column_allows_it(desk: Desk) -> None:
    offered = browse(desk, "ben", "/products/sales.orders").text.partition("break-glass")[2]
    desk.classes(CLASSES.replace("break_glass = true", ""))
    without = browse(desk, "ben", "/products/sales.orders").text

    assert 'value="email"' in offered
    assert "break-glass" not in without


def test_older_grants_are_a_link_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshwright_catalog.pages.access.MOST", 2)
    old, *new = [desk.asked(reason=f"to call customer {n} back") for n in range(3)]
    newest = browse(desk, "ana", "/access").text
    older = browse(desk, "ana", f"/access?waiting={new[0]}").text

    assert f'href="/access?waiting={new[0]}#waiting"' in newest
    assert [False, True, True] == [f"/access/{grant}/approve" in newest for grant in (old, *new)]
    assert [True, False, False] == [f"/access/{grant}/approve" in older for grant in (old, *new)]


def test_a_note_that_is_too_long_is_said_to_be(desk: Desk) -> None:
    grant = desk.asked()
    answer = browse(desk, "ana", f"/access/{grant}/approve", {"note": "x" * 501})

    assert 422 == answer.status_code
    assert "What was sent was not understood: note " in answer.text
    assert "xxx" not in answer.text
    assert "waiting" == desk.status(grant)


@pytest.mark.parametrize("form", ["g1/refuse", "policies/sales.orders/approval", "policies/sales.orders/refusal"])
def test_the_address_of_a_form_typed_again_leads_to_the_page(desk: Desk, form: str) -> None:
    desk.asked()
    answer = browse(desk, "ana", f"/access/{form}")

    assert (303, "/access") == (answer.status_code, answer.headers["location"])


def test_what_was_said_to_a_grant_and_refused_stays_in_its_note_and_the_page_names_the_grant(desk: Desk) -> None:
    grant, _ = desk.asked(), desk.asked(reason="to ask customers what they think")
    silent = Shown(browse(desk, "ana", f"/access/{grant}/refuse", {"note": " "}).text)
    own = Shown(browse(desk, "ben", f"/access/{grant}/approve", {"note": "please <b>"}).text)
    unknown = Shown(browse(desk, "ana", "/access/g99/refuse", {"note": "no"}).text)

    assert [f"grant {grant}: a refusal says why (say it in a sentence)"] == silent.alerts
    assert [f"grant {grant}: whoever asked does not decide"] == own.alerts
    assert ["", "please <b>"] == sorted(own.values.values())
    assert (["There is no such grant."], {""}) == (unknown.alerts, set(unknown.values.values()))
