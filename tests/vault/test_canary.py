"""The canary helper finds what it is there to find, wherever and however it was kept."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile
from urllib.parse import quote

import psycopg
import pytest

from tests.canary import CANARIES, assert_none, database_dump, found

CANARY = CANARIES[0]
PARTED = f"{CANARY[:6]}-{CANARY[6:]}"

COLUMNS = {
    "text": CANARY,
    "varchar(40)": f"Ring til {PARTED}",
    "char(12)": PARTED,
    "json": json.dumps({"note": PARTED}),
    "jsonb": json.dumps({PARTED: [1]}),
    "bytea": PARTED.encode(),
    "text[]": [f"nr. {PARTED}"],
    "bytea[]": [json.dumps({"person": f"cpr:{CANARY}"}).encode()],
    "bigint": int(CANARY),
    "numeric": int(CANARY),
    "double precision": float(CANARY),
    "tsvector": CANARY,
}


def zipped(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", text)
    return packed.getvalue()


SPELLINGS = {
    "digits": CANARY,
    "spaces": f"{CANARY[:6]} - {CANARY[6:]}",
    "dash": f"{CANARY[:6]}\u2013{CANARY[6:]}",
    "url": quote(f"{CANARY[:6]} {CANARY[6:]}"),
    "url twice": "x=" + quote(quote("".join(f"%{ord(sign):02X}" for sign in CANARY))),
    "plus": f"{CANARY[:6]}+{CANARY[6:]}",
    "json": json.dumps(f"{CANARY[:6]}\u2013{CANARY[6:]}"),
    "json digits": "".join(f"\\u{ord(sign):04X}" for sign in PARTED),
    "escapes of escapes": json.dumps("".join(f"\\u{ord(sign):04X}" for sign in PARTED)),
    "html": PARTED.replace("-", "&#45;"),
    **{f"base64 after {n}": base64.b64encode(b"x" * n + PARTED.encode() + b"y" * n) for n in range(4)},
    "base64 of a url": base64.urlsafe_b64encode(b"??" + CANARY.encode() + b">>"),
    "hex": CANARY.encode().hex().upper(),
    "md5": hashlib.md5(CANARY.encode(), usedforsecurity=False).hexdigest(),
    "sha1": hashlib.sha1(PARTED.encode(), usedforsecurity=False).digest(),
    "sha256": base64.b64encode(hashlib.sha256(CANARY.encode()).digest()),
    "utf-16": f"nr. {PARTED}".encode("utf-16"),
    "zip": zipped(PARTED),
    "gzip": gzip.compress(PARTED.encode()),
}


@pytest.mark.parametrize("planted", SPELLINGS.values(), ids=SPELLINGS)
def test_a_canary_is_found_in_every_spelling(planted: str | bytes) -> None:
    assert {canary for canary, _ in found(planted)} == {CANARY}
    with pytest.raises(AssertionError):
        assert_none(b"", planted)


def test_what_holds_no_canary_passes() -> None:
    assert_none(b"", "3102994712 310299-471", zipped("310299"), b"PK\x03 \\x31\\x", bytes(range(256)))


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_canary_is_found_in_every_kind_of_column(database_url: str, kind: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE SCHEMA hidden")
        connection.execute(b"CREATE TABLE hidden.planted (it %s)" % kind.encode())
        connection.execute("INSERT INTO hidden.planted VALUES (%s)", [COLUMNS[kind]])
    assert {canary for canary, _ in found(database_dump(database_url))} == {CANARY}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TYPE pair AS (a text, b text); CREATE TABLE p (it pair); INSERT INTO p VALUES (('%', 'x'))",
        "COMMENT ON SCHEMA log IS '%'",
        "CREATE TYPE mood AS ENUM ('%')",
        'CREATE TABLE "%" (a int)',
        "SELECT lo_from_bytea(0, '%')",
        "CREATE TABLE p (a text) PARTITION BY LIST (a); CREATE TABLE q PARTITION OF p FOR VALUES IN ('%')",
    ],
)
def test_a_canary_is_found_in_what_is_no_column(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(statement.replace("%", PARTED).encode())
    assert {canary for canary, _ in found(database_dump(database_url))} == {CANARY}


def test_an_event_s_body_in_the_log_is_looked_into(database_url: str) -> None:
    body = zipped(json.dumps({"person": f"cpr:{CANARY}"}))
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE uploads (it bytea)")
        connection.execute("INSERT INTO uploads VALUES (%s), (%s)", [b"nothing", body])
    assert found(database_dump(database_url)) != []
