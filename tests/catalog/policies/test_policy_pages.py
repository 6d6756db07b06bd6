"""What waits on the page /access, and approving there, as a browser without scripts would."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from policy_desk import CLEAR, PRODUCT, TOKEN, Desk, see

HOST = "http://127.0.0.1"
FORM = f"/access/policies/{PRODUCT}/approval"
REFUSING = f"/access/policies/{PRODUCT}/refusal"
Browse = Callable[..., Response]


@pytest.fixture
def browse(client: TestClient, sign: Callable[[str], str]) -> Browse:
    """Open the page as somebody, or send its form."""

    def opened(who: str, form: dict[str, str] | None = None, origin: str = HOST, *, to: str = FORM) -> Response:
        cookie = {"Cookie": f"mesh_token={sign(who)}"}
        if form is None:
            return client.get("/access", headers=cookie)
        return client.post(to, data=form, headers={**cookie, "Origin": origin})

    return opened


def test_data_protection_sees_and_approves_what_waits(desk: Desk, browse: Browse) -> None:
    nothing = browse("dora").text
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    page = browse("dora").text
    sent = browse("dora", {"number": "2"})

    assert ("Nothing waits for you." in nothing, "Policies that wait" in nothing) == (True, False)
    assert "Nothing waits for you." not in page
    for part in ("version 2", "user:ana, user:finn", "<code>email</code>", "<code>see</code>", f'action="{FORM}"'):
        assert part in page
    assert "+@id(&#34;see&#34;)" in page
    assert (303, "/access", "clear") == (sent.status_code, sent.headers["location"], desk.level())


def test_the_owner_sees_it_without_a_button_and_others_see_nothing(desk: Desk, browse: Browse) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    pages = {name: browse(name).text for name in ("ana", "finn", "ben", "eve")}

    assert {"ana": True, "finn": True, "ben": False, "eve": False} == {n: "see_clear" in p for n, p in pages.items()}
    assert not any(form in page for page in pages.values() for form in (FORM, REFUSING))


@pytest.mark.parametrize(
    ("who", "form", "status"),
    [
        ("finn", {"number": "2"}, 403),
        ("finn-office", {"number": "2"}, 403),
        ("sal", {"number": "2"}, 403),
        ("ana", {"number": "2"}, 403),
        ("ben", {"number": "2"}, 403),
        ("dora", {}, 422),
        ("dora", {"number": ""}, 422),
        ("dora", {"number": "1"}, 404),
        ("dora", {"number": "3"}, 404),
    ],
)
def test_attack_25_a_form_that_is_not_theirs_or_names_no_version_approves_nothing(
    desk: Desk, browse: Browse, who: str, form: dict[str, str], status: int
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)

    assert (status, "token") == (browse(who, form).status_code, desk.level())


def test_a_page_that_is_older_than_what_waits_approves_nothing_and_says_so(desk: Desk, browse: Browse) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    browse("dora")
    desk.hands_in(CLEAR + see("clear", team="planning", name="more"))
    sent = browse("dora", {"number": "2"})

    assert (404, "token") == (sent.status_code, desk.level())
    assert "no version 2 that waits, but version 3 does" in sent.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_form_from_elsewhere_approves_nothing(desk: Desk, browse: Browse, origin: str) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)

    assert (403, "token") == (browse("dora", {"number": "2"}, origin).status_code, desk.level())


def test_nobody_without_a_token_approves(desk: Desk, client: TestClient) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    sent = client.post(FORM, data={"number": "2"}, headers={"Origin": HOST})

    assert (303, "/login?next=%2Faccess") == (sent.status_code, sent.headers["location"])
    assert "token" == desk.level()


def test_data_protection_refuses_and_the_owner_reads_why(desk: Desk, browse: Browse) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    form = browse("dora").text
    sent = browse("dora", {"number": "2", "note": "<b>not for calls"}, to=REFUSING)
    again = browse("dora", {"number": "2"})
    pages = {name: browse(name).text for name in ("dora", "ana", "ben")}
    told = "Refused by user:dora because: <q>&lt;b&gt;not for calls</q>"

    assert f'action="{REFUSING}"' in form
    assert (303, "/access", "token") == (sent.status_code, sent.headers["location"], desk.level())
    assert {"dora": False, "ana": True, "ben": False} == {name: told in page for name, page in pages.items()}
    assert (404, True) == (again.status_code, "refused by user:dora because" in again.text)


@pytest.mark.parametrize(
    ("who", "form", "status"),
    [
        ("finn", {"number": "2", "note": "no"}, 403),
        ("ana", {"number": "2", "note": "no"}, 403),
        ("dora", {"number": "2", "note": " "}, 422),
        ("dora", {"number": "2"}, 422),
        ("dora", {"note": "no"}, 422),
        ("dora", {"number": "3", "note": "no"}, 404),
    ],
)
def test_attack_25_a_form_that_is_not_theirs_or_says_no_reason_refuses_nothing(
    desk: Desk, browse: Browse, who: str, form: dict[str, str], status: int
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)

    assert status == browse(who, form, to=REFUSING).status_code
    assert [(1, "in force"), (2, "waiting")] == desk.states()


def test_a_form_from_elsewhere_refuses_nothing(desk: Desk, browse: Browse) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    sent = browse("dora", {"number": "2", "note": "no"}, "http://evil.example", to=REFUSING)

    assert (403, [(1, "in force"), (2, "waiting")]) == (sent.status_code, desk.states())


def test_what_the_page_tells_of_a_refused_text_that_was_changed_is_the_refusal_before_it(
    desk: Desk, browse: Browse
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    browse("dora", {"number": "2", "note": "not for calls"}, to=REFUSING)
    desk.hands_in(CLEAR + "// asked again\n")

    assert "Version 2 before it was refused by user:dora because: <q>not for calls</q>" in browse("dora").text


def test_one_difference_is_open_and_several_are_folded(desk: Desk, browse: Browse) -> None:
    desk.hands_in(CLEAR)
    alone = browse("dora").text
    handed = desk.makes(CLEAR.replace("sales.orders", "sales.returns"))
    desk.ana.register(handed.model_copy(update=elsewhere(desk)))
    several = browse("dora").text

    assert (1, 0) == (alone.count("<details open>"), several.count("<details open>"))
    assert 2 == several.count("<details><summary>What differs in the text")


def elsewhere(desk: Desk) -> dict[str, object]:
    """Make the same of another product."""
    other = desk.make("sales.returns", *desk.makes(CLEAR).spec.columns, owner="order-desk")
    return {"spec": other.spec, "table": other.table}


def test_a_class_that_goes_is_named_with_its_column_and_who_would_see_it(desk: Desk, browse: Browse) -> None:
    desk.hands_in(TOKEN)
    handed = desk.makes(TOKEN)
    plain = [column.model_copy(update={"classes": ()}) for column in handed.spec.columns]
    desk.ana.register(handed.model_copy(update={"spec": handed.spec.model_copy(update={"columns": tuple(plain)})}))
    page = browse("dora").text
    before = desk.level()
    sent = browse("dora", {"number": "2"})

    assert "Its contract takes <code>pii.contact.email</code> from <code>email</code>; until it is approved" in page
    assert ("user:ana, user:finn" in page, "It waits because of" in page, "<pre" in page) == (True, False, False)
    assert ("token", 303, "clear") == (before, sent.status_code, desk.level())
