"""Token buckets in Valkey, with a bucket in the process when Valkey is away."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from dataclasses import dataclass

import redis

from kernel import bell
from kernel.errors import RateLimited

_TAKE = """
local rate, burst, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1]) or burst
local at = tonumber(bucket[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local taken = 0
if tokens >= 1 then tokens = tokens - 1 taken = 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(burst / rate) + 60)
return {taken, tostring(tokens)}
"""
# A hash that names the script, nothing secret.
_TAKE_SHA = hashlib.sha1(_TAKE.encode(), usedforsecurity=False).hexdigest()

_local: dict[str, tuple[float, float]] = {}
_local_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a token was there, how many are left, and when the next one comes."""

    allowed: bool
    limit: int
    remaining: int
    retry_after_seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.retry_after_seconds),
        }


def allow(bucket: str, *, rate_per_second: float, burst: int) -> Verdict:
    """Take one token from the named bucket."""
    try:
        taken, tokens = _take(f"limit:{bucket}", rate_per_second, burst)
        return _verdict(bool(int(taken)), float(tokens), rate_per_second, burst)
    except redis.RedisError:
        return _allow_locally(bucket, rate_per_second, burst)


def _take(key: str, rate_per_second: float, burst: int) -> tuple[int, str]:
    """Run the script by its hash, and send its text to a Valkey that has not seen it yet."""
    arguments = (1, key, str(rate_per_second), str(burst), str(time.time()))
    try:
        answer = bell.ask("EVALSHA", _TAKE_SHA, *arguments)
    except redis.exceptions.NoScriptError:
        answer = bell.ask("EVAL", _TAKE, *arguments)
    taken, tokens = answer
    return taken, tokens


def require(bucket: str, *, rate_per_second: float, burst: int) -> Verdict:
    """Take one token or raise RateLimited."""
    verdict = allow(bucket, rate_per_second=rate_per_second, burst=burst)
    if not verdict.allowed:
        raise RateLimited(
            retry_after_seconds=verdict.retry_after_seconds, headers=verdict.headers()
        )
    return verdict


def _allow_locally(bucket: str, rate: float, burst: int) -> Verdict:
    moment = time.monotonic()
    with _local_lock:
        tokens, at = _local.get(bucket, (float(burst), moment))
        tokens = min(float(burst), tokens + (moment - at) * rate)
        taken = tokens >= 1
        _local[bucket] = (tokens - 1 if taken else tokens, moment)
    return _verdict(taken, tokens - 1 if taken else tokens, rate, burst)


def _verdict(taken: bool, tokens: float, rate: float, burst: int) -> Verdict:
    wait = 0 if tokens >= 1 else math.ceil((1 - tokens) * (1 / rate))
    return Verdict(taken, burst, max(0, int(tokens)), max(wait, 0 if taken else 1))
