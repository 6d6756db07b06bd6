"""Development tokens and keys: what is forged, expired, exposed or damaged is refused in one line."""

import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from meshwright.errors import KeysUnusable, TokenRejected
from meshwright.io.keys import VARIABLE, make_keys, make_missing_keys, open_keys, rotate_keys
from meshwright.io.tokens import (
    Identity,
    make_signing_key,
    sign_development_token,
    signing_key,
    verify_token,
)

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANA = Identity("user", "ana")
CLAIMS = {
    "iss": "mesh-dev",
    "aud": "mesh",
    "sub": "ana",
    "kind": "user",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 60,
}


@pytest.fixture
def key(tmp_path: Path) -> Ed25519PrivateKey:
    make_signing_key(tmp_path / ".mesh" / "token-signing.pem")
    return signing_key(tmp_path / ".mesh" / "token-signing.pem")


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(key: Ed25519PrivateKey, typ: str = "mesh-dev+jwt", **changed: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"typ": typ})


@pytest.mark.parametrize("who", [ANA, Identity("service", "sales.orders")])
def test_a_token_speaks_for_whom_it_was_signed(key: Ed25519PrivateKey, who: Identity) -> None:
    token = sign_development_token(who, key, NOW, HOUR)

    assert who == verify_token(token, key.public_key(), NOW + HOUR - timedelta(seconds=1))


def test_a_token_holds_no_rights(key: Ed25519PrivateKey) -> None:
    claims = jwt.decode(sign_development_token(ANA, key, NOW, HOUR), options={"verify_signature": False})

    assert {"iss", "aud", "sub", "kind", "iat", "exp"} == set(claims)


@pytest.mark.parametrize(
    ("moment", "problem"),
    [
        (NOW + HOUR, "it has expired"),
        (NOW + timedelta(days=900), "it has expired"),
        (NOW - timedelta(seconds=1), "not valid yet"),
    ],
)
def test_a_token_holds_for_its_time_only(key: Ed25519PrivateKey, moment: datetime, problem: str) -> None:
    token = sign_development_token(ANA, key, NOW, HOUR)

    with pytest.raises(TokenRejected, match=problem):
        verify_token(token, key.public_key(), moment)


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(hours=-1), timedelta(hours=24, seconds=1)])
def test_a_lifetime_is_at_most_a_day(key: Ed25519PrivateKey, lifetime: timedelta) -> None:
    with pytest.raises(TokenRejected, match="at most 24 hours"):
        sign_development_token(ANA, key, NOW, lifetime)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"kind": None},
        {"kind": "admin"},
        {"iat": None},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"exp": int(NOW.timestamp()) + 10**9},
        {"typ": "at+jwt"},
    ],
)
def test_a_token_of_ours_with_other_claims_is_refused(key: Ed25519PrivateKey, changed: dict[str, Any]) -> None:
    with pytest.raises(TokenRejected):
        verify_token(signed(key, **changed), key.public_key(), NOW)


def test_a_token_that_others_made_is_refused(key: Ed25519PrivateKey) -> None:
    good = signed(key)
    header, body, signature = good.split(".")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    as_hmac = encoded({"alg": "HS256", "typ": "mesh-dev+jwt"}) + "." + body
    mac = base64.urlsafe_b64encode(hmac.new(public, as_hmac.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    forged = [
        signed(Ed25519PrivateKey.generate()),
        f"{encoded({'alg': 'none', 'typ': 'mesh-dev+jwt'})}.{body}.",
        f"{as_hmac}.{mac}",
        f"{header}.{encoded(CLAIMS | {'sub': 'dora'})}.{signature}",
        f"{header}.{body}.",
        f"{header}.{body}",
        good[:-2],
        "",
        "\x00",
        "a" * 5000,
    ]

    for token in forged:
        with pytest.raises(TokenRejected) as rejected:
            verify_token(token, key.public_key(), NOW)
        assert "\n" not in str(rejected.value)
        assert "ana" not in str(rejected.value)


def test_keys_differ_by_scope_and_stay_the_same(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys.json")
    first = open_keys(tmp_path / "keys.json")
    make_keys(tmp_path / "keys.json")
    second = open_keys(tmp_path / "keys.json")

    assert first.key("sales/churn") == second.key("sales/churn")
    assert first.key("sales/churn") != first.key("sales/fraud")
    assert 64 == len(first.key("a")[1])


def test_a_key_made_where_one_was_lost_has_another_id_and_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "keys.json"
    make_keys(file)
    lost = open_keys(file).current
    file.unlink()
    make_missing_keys(file)
    make_missing_keys(file)

    said = "was missing: made it with a new key; tokens of an earlier key equal none of its own"
    assert lost != open_keys(file).current
    assert [f"{file} {said}"] == caplog.messages


def test_a_key_file_of_an_earlier_release_keeps_its_ids(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"current": "k2", "keys": {"k1": "ab" * 32, "k2": "cd" * 32}}), encoding="utf-8")
    file.chmod(0o600)

    make_keys(file)

    assert "k2" == open_keys(file).key("a")[0]
    assert ["k1", "k2", rotate_keys(file)] == list(open_keys(file).masters)


def test_rotation_makes_a_new_key_current_and_keeps_the_old(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    make_keys(file)
    before = open_keys(file)

    new = rotate_keys(file)
    after = open_keys(file)
    assert new == after.key("a")[0] != before.key("a")[0]
    assert before.key("a")[1] != after.key("a")[1]
    assert before.masters.items() < after.masters.items()
    assert [file] == list(tmp_path.iterdir())


def test_nothing_of_a_key_is_printed(tmp_path: Path) -> None:
    make_keys(tmp_path / "keys.json")
    keys = open_keys(tmp_path / "keys.json")

    assert keys.masters[keys.current] not in repr(keys) + str(keys)


def test_keys_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_keys(tmp_path / "keys.json")
    monkeypatch.setenv(VARIABLE, (tmp_path / "keys.json").read_text())
    make_keys(tmp_path / "missing.json")

    assert not (tmp_path / "missing.json").exists()
    assert open_keys(tmp_path / "keys.json") == open_keys(tmp_path / "missing.json")


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX; on Windows the profile's folder protects")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_can_read_is_not_used(tmp_path: Path, mode: int) -> None:
    make_keys(tmp_path / "keys.json")
    make_signing_key(tmp_path / "key.pem")
    assert {0o600} == {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    for each in tmp_path.iterdir():
        each.chmod(mode)

    with pytest.raises(KeysUnusable, match="can be read by others"):
        open_keys(tmp_path / "keys.json")
    with pytest.raises(KeysUnusable, match="can be read by others"):
        signing_key(tmp_path / "key.pem")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"current": "k1", "keys": {}}',
        '{"current": "k1", "keys": {"k1": "5a"}}',
        "\udcff",
        '{"current": 1}',
    ],
)
def test_a_damaged_key_file_is_refused_without_being_shown(tmp_path: Path, text: str) -> None:
    make_keys(tmp_path / "keys.json")
    (tmp_path / "keys.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    make_signing_key(tmp_path / "key.pem")
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")

    with pytest.raises(KeysUnusable, match="holds no keys"):
        open_keys(tmp_path / "keys.json")
    with pytest.raises(KeysUnusable, match="is no signing key"):
        signing_key(tmp_path / "key.pem")


def test_a_missing_file_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="`mesh init` makes it"):
        open_keys(tmp_path / "keys.json")
