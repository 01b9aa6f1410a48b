"""Static files: what is vendored is what it says it is, and browsers may keep every address for ever."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.gateway.pages import assets
from services.gateway.pages.assets import EDITION, FOLDER, asset

VENDOR = FOLDER / "vendor"
LIST = VENDOR / "vendored.json"
BESIDE = {"README.md", "vendored.json"}


def sums(package: str) -> dict[str, str]:
    """The SHA-256 of every file of a package as it lies here."""
    files = sorted(path for path in (VENDOR / package).rglob("*") if path.is_file())
    return {path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.include_router(assets.router)
    return TestClient(app)


@pytest.mark.parametrize("package", json.loads(LIST.read_text()), ids=lambda package: package["folder"])
def test_a_vendored_package_is_what_it_says_it_is(package: dict[str, object]) -> None:
    assert sums(str(package["folder"])) == package["files"]
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", str(package["integrity"]))
    assert any("LICENSE" in name for name in sums(str(package["folder"])))


def test_nothing_else_lies_among_what_is_vendored() -> None:
    folders = {str(package["folder"]) for package in json.loads(LIST.read_text())}
    assert {path.name for path in VENDOR.iterdir()} == folders | BESIDE


def test_a_file_of_this_edition_may_be_kept_for_ever(client: TestClient) -> None:
    answer = client.get(asset("css/bygspor.css"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == (FOLDER / "css/bygspor.css").read_bytes()


def test_a_file_is_served_unpacked_to_those_who_cannot_unpack(client: TestClient) -> None:
    answer = client.get(asset("js/bygspor.js"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == (FOLDER / "js/bygspor.js").read_bytes()


def test_an_older_edition_gets_todays_file_and_does_not_keep_it(client: TestClient) -> None:
    answer = client.get(asset("css/bygspor.css").replace(EDITION, "000000000000"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["none.css", "../rendering.py", "..%2Frendering.py", "vendor/README.md", ""])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{EDITION}/{name}").status_code == 404


def test_a_misspelt_asset_is_found_by_the_first_page_that_names_it() -> None:
    with pytest.raises(KeyError):
        asset("css/misspelt.css")


def test_what_a_style_sheet_of_ours_names_is_there() -> None:
    sheet = FOLDER / "css" / "bygspor.css"
    for name in re.findall(r'url\("([^"]+)"\)', sheet.read_text()):
        assert (sheet.parent / name).is_file()


def main() -> None:
    """Write the sums of what lies here into the list."""
    packages = json.loads(LIST.read_text())
    for package in packages:
        package["files"] = sums(package["folder"])
    LIST.write_text(json.dumps(packages, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
