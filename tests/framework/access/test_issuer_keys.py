"""The issuer's keys: fetched from one address, seldom, and held while it does not answer."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from issuer import Answer, Issuer, PrivateKey, published, serving
from jwt.algorithms import OKPAlgorithm

from meshwright.errors import CatalogUnavailable
from meshwright.io.issuer import http
from meshwright.io.issuer.http import MOST_BYTES
from meshwright.io.issuer.jwks import MOST_KEYS, usable_keys
from meshwright.io.issuer.kept import FRESH_S, KEPT_S, PAUSE_S
from meshwright.io.issuer.keys import IssuerKeys


@dataclass
class Seconds:
    """A steady clock that a test moves."""

    at: float = field(default=1000.0)

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serving({"one": Ed25519PrivateKey.generate()}) as issuer:
        yield issuer


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def keys(issuer: Issuer, seconds: Seconds) -> IssuerKeys:
    return IssuerKeys(issuer.jwks, seconds, wait_s=60)  # a machine that stalls makes nobody come again


def document(*listed: Any) -> bytes:
    return json.dumps({"keys": list(listed)}).encode()


def test_keys_are_fetched_once_for_many_tokens(issuer: Issuer, keys: IssuerKeys) -> None:
    found = [keys.find("one", "EdDSA") for _ in range(50)]

    assert [issuer.keys["one"].public_key()] * 50 == found
    assert ["/jwks"] == issuer.requests


def test_a_key_is_found_for_its_own_algorithm_alone(keys: IssuerKeys) -> None:
    assert [None, None] == [keys.find("one", "RS256"), keys.find("one", "ES256")]


def test_a_rotated_key_is_fetched_once_and_the_old_one_ends(issuer: Issuer, keys: IssuerKeys, seconds: Seconds) -> None:
    keys.find("one", "EdDSA")
    issuer.keys = {"two": Ed25519PrivateKey.generate()}
    seconds.at += PAUSE_S
    found = [keys.find("two", "EdDSA") for _ in range(50)]

    assert [issuer.keys["two"].public_key()] * 50 == found
    assert None is keys.find("one", "EdDSA")
    assert 2 == len(issuer.requests)


def test_a_key_that_was_taken_back_ends_when_keys_are_fetched_again(
    issuer: Issuer, keys: IssuerKeys, seconds: Seconds
) -> None:
    keys.find("one", "EdDSA")
    issuer.keys = {}
    seconds.at += FRESH_S

    assert None is keys.find("one", "EdDSA")


def test_attack_30_a_flood_of_unknown_keys_asks_the_issuer_no_more_often(
    issuer: Issuer, keys: IssuerKeys, seconds: Seconds
) -> None:
    def find(number: int) -> object:
        return keys.find(f"unknown-{number}", "EdDSA")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(find, range(2_000)))
        at_once = len(issuer.requests)
        seconds.at += PAUSE_S
        found += pool.map(find, range(2_000))

    assert {None} == set(found)
    assert (1, 2) == (at_once, len(issuer.requests))


def test_the_first_callers_together_fetch_once(issuer: Issuer, keys: IssuerKeys) -> None:
    start = threading.Barrier(8)

    def find(_: int) -> object:
        start.wait()
        return keys.find("one", "EdDSA")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(find, range(8)))

    assert [issuer.keys["one"].public_key()] * 8 == found
    assert 1 == len(issuer.requests)


def test_while_the_issuer_is_down_keys_hold_for_their_time_and_then_nobody_is_let_in(
    issuer: Issuer, keys: IssuerKeys, seconds: Seconds
) -> None:
    keys.find("one", "EdDSA")
    issuer.answer = Answer(status=503)
    seconds.at += KEPT_S - 1
    held, unknown = keys.find("one", "EdDSA"), keys.find("two", "EdDSA")
    seconds.at += 1

    assert (issuer.keys["one"].public_key(), None) == (held, unknown)
    with pytest.raises(CatalogUnavailable, match="cannot be fetched"):
        keys.find("one", "EdDSA")
    issuer.answer = None
    with pytest.raises(CatalogUnavailable):
        keys.find("one", "EdDSA")
    seconds.at += PAUSE_S
    assert keys.find("one", "EdDSA")


def test_an_issuer_that_is_down_is_asked_no_more_often_either(
    issuer: Issuer, keys: IssuerKeys, seconds: Seconds
) -> None:
    issuer.answer = Answer(status=500)
    for _ in range(20):
        with pytest.raises(CatalogUnavailable):
            keys.find("one", "EdDSA")

    assert 1 == len(issuer.requests)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_attack_32_a_redirect_is_not_followed(issuer: Issuer, keys: IssuerKeys, status: int) -> None:
    with serving(issuer.keys) as elsewhere:
        issuer.answer = Answer(status=status, headers={"Location": elsewhere.jwks})

        with pytest.raises(CatalogUnavailable) as refused:
            keys.find("one", "EdDSA")
        assert [] == elsewhere.requests
        assert elsewhere.url not in str(refused.value)


@pytest.mark.parametrize("status", [203, 206, 404, 500])
def test_attack_32_keys_in_an_answer_that_is_no_plain_yes_are_not_taken(
    issuer: Issuer, keys: IssuerKeys, status: int
) -> None:
    issuer.answer = Answer(status=status, body=issuer.document())

    with pytest.raises(CatalogUnavailable):
        keys.find("one", "EdDSA")


@pytest.mark.parametrize(
    "body",
    [b"", b"secret of the inner network", b"[]", b"{}", b'{"keys": 7}', b'{"keys": {}}', b"\xff", b"[" * 5000],
)
def test_attack_32_what_is_no_set_of_keys_is_refused_and_not_repeated(
    issuer: Issuer, keys: IssuerKeys, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    issuer.answer = Answer(body=body)

    with pytest.raises(CatalogUnavailable) as refused:
        keys.find("one", "EdDSA")
    assert "secret" not in str(refused.value) + caplog.text
    assert "the issuer's keys were not fetched: its answer is no set of keys" in caplog.text


def test_attack_32_a_very_long_answer_is_not_read(
    issuer: Issuer, keys: IssuerKeys, caplog: pytest.LogCaptureFixture
) -> None:
    issuer.answer = Answer(body=issuer.document() + b" " * MOST_BYTES)

    with pytest.raises(CatalogUnavailable):
        keys.find("one", "EdDSA")
    assert "too long" in caplog.text


def test_attack_32_an_answer_that_comes_drop_by_drop_is_cut(seconds: Seconds, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        keys = IssuerKeys(f"http://127.0.0.1:{server.getsockname()[1]}/jwks", seconds)

        def drip() -> None:
            calling, _ = server.accept()
            with calling:
                calling.recv(4096)
                calling.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                for _ in range(3):
                    seconds.at += 2  # a drop every two seconds, by the clock that is asked
                    calling.sendall(b" ")
                calling.recv(1)

        slow = threading.Thread(target=drip)
        slow.start()
        with pytest.raises(CatalogUnavailable):
            keys.find("one", "EdDSA")
        slow.join()

    assert "comes too slowly" in caplog.text


def test_an_issuer_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:
        keys = IssuerKeys(f"http://127.0.0.1:{server.getsockname()[1]}/jwks")

        with pytest.raises(CatalogUnavailable):
            keys.find("one", "EdDSA")


def test_while_one_caller_fetches_again_the_others_use_what_is_there(
    issuer: Issuer, keys: IssuerKeys, seconds: Seconds
) -> None:
    keys.find("one", "EdDSA")
    seconds.at += FRESH_S

    with keys.fetching:
        held = keys.find("one", "EdDSA")

    assert issuer.keys["one"].public_key() == held


def test_who_needs_a_key_that_is_being_fetched_is_told_to_come_again(issuer: Issuer) -> None:
    keys = IssuerKeys(issuer.jwks, wait_s=0.01)

    with keys.fetching, pytest.raises(CatalogUnavailable, match="being fetched"):
        keys.find("one", "EdDSA")


@pytest.mark.parametrize(
    ("said", "usable"),
    [
        ({}, True),
        ({"use": None}, False),
        ({"use": "enc"}, False),
        ({"key_ops": ["verify"]}, True),
        ({"key_ops": ["encrypt"]}, False),
        ({"key_ops": "verify"}, False),
        ({"alg": "EdDSA"}, True),
        ({"alg": "RS256"}, False),
        ({"x": None}, False),
        ({"kty": "oct", "k": "c2VjcmV0"}, False),
        ({"kty": ["OKP"]}, False),
        ({"crv": "Ed448"}, False),
        ({"crv": {}}, False),
        ({"d": "c2VjcmV0"}, False),
        ({"x": "AAAA"}, False),
    ],
)
def test_only_a_public_key_for_signatures_is_used(said: dict[str, Any], *, usable: bool) -> None:
    found = usable_keys(document(published("one", Ed25519PrivateKey.generate(), **said)))

    assert ({("one", "EdDSA")} if usable else set[Any]()) == set(found or {})


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (rsa.generate_private_key(65537, 1024), None),  # noqa: S505 - too short on purpose
        (rsa.generate_private_key(65537, 2048), "RS256"),
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (ec.generate_private_key(ec.SECP384R1()), None),
        (ec.generate_private_key(ec.SECP256K1()), None),
        (ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
    ],
    ids=["RSA 1024", "RSA 2048", "P-256", "P-384", "secp256k1", "Ed25519"],
)
def test_a_key_signs_by_its_own_algorithm(key: PrivateKey, algorithm: str | None) -> None:
    found = usable_keys(document(published("one", key)))

    assert ([("one", algorithm)] if algorithm else []) == list(found or {})


def test_a_key_whose_secret_is_published_is_not_used() -> None:
    key = Ed25519PrivateKey.generate()
    secret = OKPAlgorithm.to_jwk(key, as_dict=True)["d"]

    assert {} == usable_keys(document(published("one", key, d=secret)))


@pytest.mark.parametrize("kid", ["", None, 7, ["one"]])
def test_a_key_without_an_id_is_not_used(kid: Any) -> None:
    nameless = published("one", Ed25519PrivateKey.generate()) | {"kid": kid}

    assert {} == usable_keys(document(nameless))


def test_keys_that_cannot_be_used_do_not_spoil_the_others() -> None:
    good = published("good", Ed25519PrivateKey.generate())
    bad = [7, None, {}, {"kty": "RSA", "kid": "bad", "n": "!", "e": "!"}]

    assert [("good", "EdDSA")] == list(usable_keys(document(*bad, good)) or {})
    assert None is usable_keys(document(*[good] * (MOST_KEYS + 1)))
