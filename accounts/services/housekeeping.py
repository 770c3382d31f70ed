"""What sign-in leaves behind is forgotten once nothing can use it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session

from accounts.models import DeviceLogin, MagicLink, SecondStepMiss
from kernel import clock

# Long past every expiry and past the day over which wrong codes are counted.
LINKS_KEPT = timedelta(days=30)
# One that became a key stays beside it: only such a key may sign itself out.
DEVICE_LOGINS_KEPT = timedelta(days=1)
# They count for a day.
MISSES_KEPT = timedelta(days=2)


def forget_sign_ins() -> int:
    """Delete ended sessions and old links; return how many rows went."""
    moment = clock.now()
    sessions, _ = Session.objects.filter(expire_date__lt=moment).delete()
    links, _ = MagicLink.objects.filter(created_at__lt=moment - LINKS_KEPT).delete()
    stale = DeviceLogin.objects.filter(api_key=None, expires_at__lt=moment - DEVICE_LOGINS_KEPT)
    misses, _ = SecondStepMiss.objects.filter(created_at__lt=moment - MISSES_KEPT).delete()
    return sessions + links + misses + stale.delete()[0]
