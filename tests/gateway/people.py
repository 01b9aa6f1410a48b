"""People at the pages, without a browser: they keep cookies, send the token of the page, and read what it says."""

from __future__ import annotations

import asyncio
import html
import re
from typing import TYPE_CHECKING, Any

import httpx

from services.domain.rights import Role

if TYPE_CHECKING:
    from tests.gateway.conftest import Gateway

PASSWORD = "fire stole og et bord"  # noqa: S105 -- of people who exist in tests only
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_TAGS = re.compile(r"<(?:script|style|template).*?</(?:script|style|template)>|<[^>]+>", re.DOTALL)


class Person:
    """Somebody with a browser. `get` and `post` follow no redirects; `post` sends the token of the last page."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.cookies = httpx.Cookies()
        self.token = ""

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        return self.ask("POST", path, data={"csrf": self.token, **(fields or {})}, **more)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Accept": "text/html", **more.pop("headers", {})}

        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(self.gateway.app, raise_app_exceptions=False)
            address = "http://bygspor.test"
            async with httpx.AsyncClient(transport=transport, base_url=address, cookies=self.cookies) as client:
                answer = await client.request(method, path, headers=headers, **more)
                self.cookies = client.cookies
                return answer

        answer = asyncio.run(request())
        if found := _TOKEN.search(answer.text):
            self.token = found[1]
        return answer

    def set_cookie(self, name: str, value: str) -> None:
        """Put a cookie into the browser, in the place of one of that name."""
        self.cookies.set(name, value, domain="bygspor.test")

    def log_in(self, login: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
        self.get("/login")
        return self.post("/login", {"login": login, "password": password}, **more)


def words(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(_TAGS.sub(" ", answer.text)).split())


def user_of(gateway: Gateway, cvr: str | None, role: Role = Role.REPORTER, login: str = "") -> str:
    """A user of an organisation with PASSWORD as password; the login."""
    login = login or f"{role.value}@{cvr or 'drift'}.example"
    user, _ = gateway.parts.access.users.create(cvr, login, f"Mette {role.value.title()}", role)
    gateway.parts.access.users.set_password(user.no, PASSWORD)
    return login


def logged_in(gateway: Gateway, cvr: str | None, role: Role = Role.REPORTER) -> Person:
    """Somebody of an organisation who is logged in, ready to `get` and `post`."""
    person = Person(gateway)
    assert person.log_in(user_of(gateway, cvr, role)).status_code == 303
    person.get("/password")
    return person
