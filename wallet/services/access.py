"""What all workers share about our Daraja app: one live token, one fetch at a time, one alarm."""

from __future__ import annotations

import hashlib
import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from kernel import clock
from wallet.models import MpesaAccess
from wallet.mpesa.back_office import BackOffice, Operator
from wallet.mpesa.classify import Outcome, Verdict
from wallet.mpesa.client import App, Daraja, TokenRefused, fetch_token

log = logging.getLogger(__name__)

FETCH_LEASE = timedelta(seconds=35)
FETCH_WAIT_SECONDS = 30.0
POLL_SECONDS = 0.05
EXPIRY_MARGIN_SECONDS = 120
ALARM_TTL = timedelta(seconds=60)


def our_app() -> App:
    return App(
        base_url=settings.DARAJA_BASE_URL.rstrip("/"),
        consumer_key=settings.DARAJA_CONSUMER_KEY,
        consumer_secret=settings.DARAJA_CONSUMER_SECRET,
        shortcode=settings.DARAJA_SHORTCODE,
        passkey=settings.DARAJA_PASSKEY,
    )


def daraja() -> Daraja:
    """Return a client on the shared token."""
    app = our_app()
    return Daraja(app, SharedTokens(app))


def back_office() -> BackOffice:
    """Return what we do at Safaricom beside prompts, on the shared token."""
    app = our_app()
    return BackOffice(app, SharedTokens(app))


def operator() -> Operator:
    """Return who acts for us at M-Pesa; the sandbox has one of its own."""
    named = settings.DARAJA_INITIATOR or ("sandbox:sandbox" if settings.SANDBOX else "")
    name, _, credential = named.partition(":")
    return Operator(name, credential)


def can_ask() -> bool:
    """Say whether there is an API operator, so that M-Pesa answers questions and sends money back."""
    return is_configured() and bool(operator().name)


def is_configured() -> bool:
    """Say whether there is a Paybill to pay into."""
    return bool(settings.DARAJA_SHORTCODE and settings.DARAJA_CONSUMER_KEY)


def raise_alarm(reason: str) -> None:
    """Stop new pushes for a minute: our set-up is refused and every push would fail."""
    log.critical("M-Pesa alarm: %s", reason)
    MpesaAccess.objects.update_or_create(
        app=_key(our_app()),
        defaults={"alarm_until": clock.now() + ALARM_TTL, "alarm_reason": reason[:200]},
    )


def clear_alarm() -> None:
    _row(our_app()).filter(alarm_until__isnull=False).update(alarm_until=None, alarm_reason="")


def is_alarm_up() -> bool:
    return _row(our_app()).filter(alarm_until__gt=clock.now()).exists()


class SharedTokens:
    """The token in the database: each new one kills the old, so only one worker may fetch."""

    def __init__(self, app: App) -> None:
        self._app = app

    def get(self, *, failed: str | None = None) -> str:
        """Return the live token; `failed` is the one that was just refused.

        Compare-and-swap: a new token is fetched only while the stored one is missing, old or the
        failed one. Raises TokenRefused.
        """
        deadline = time.monotonic() + FETCH_WAIT_SECONDS
        while time.monotonic() < deadline:
            row, _ = MpesaAccess.objects.get_or_create(app=_key(self._app))
            if row.token_expires_at and row.token_expires_at > clock.now() and row.token != failed:
                return row.token
            if self._lease(row.token):
                return self._fetch()
            time.sleep(POLL_SECONDS)
        raise TokenRefused(Outcome(Verdict.THROTTLED, "provider_busy"))

    def _lease(self, seen: str) -> bool:
        free = Q(fetching_until__isnull=True) | Q(fetching_until__lt=clock.now())
        mine = _row(self._app).filter(free, token=seen)
        return mine.update(fetching_until=clock.now() + FETCH_LEASE) == 1

    def _fetch(self) -> str:
        try:
            token = fetch_token(self._app)
        except BaseException:
            _row(self._app).update(fetching_until=None)
            raise
        lifetime = timedelta(seconds=max(30, token.expires_in_seconds - EXPIRY_MARGIN_SECONDS))
        _row(self._app).update(
            token=token.value, token_expires_at=clock.now() + lifetime, fetching_until=None
        )
        return token.value


def _key(app: App) -> str:
    return hashlib.sha256(f"{app.base_url} {app.consumer_key}".encode()).hexdigest()


def _row(app: App) -> QuerySet[MpesaAccess]:
    return MpesaAccess.objects.filter(app=_key(app))
