"""How often somebody may ask: by credential, and by address where there is none yet. Kept in memory, per process."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services.gateway.problems import Refusal

LOGINS_A_MINUTE = 10
STRANGERS_A_MINUTE = 60


class Limits:
    """The limits of one gateway."""

    def __init__(self, requests_a_minute: int) -> None:
        """So many requests a minute for each credential."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._requests = RateLimitItemPerMinute(requests_a_minute)
        self._logins = RateLimitItemPerMinute(LOGINS_A_MINUTE)
        self._strangers = RateLimitItemPerMinute(STRANGERS_A_MINUTE)

    def check(self, who: str) -> None:
        """Count a request of a credential. Raises Refusal 429 with Retry-After where it is one too many."""
        self._hit(self._requests, "request", who)

    def check_login(self, whose: str) -> None:
        """Count an attempt to log in. Raises Refusal 429 with Retry-After."""
        self._hit(self._logins, "login", whose)

    def check_stranger(self, address: str) -> None:
        """Count what comes from an address without a credential that holds; colleagues may share it."""
        self._hit(self._strangers, "stranger", address)

    def _hit(self, item: RateLimitItem, *names: str) -> None:
        if not self._limiter.hit(item, *names):
            again = self._limiter.get_window_stats(item, *names).reset_time
            raise Refusal(429, "too_many", headers={"Retry-After": str(max(1, math.ceil(again - time.time())))})
