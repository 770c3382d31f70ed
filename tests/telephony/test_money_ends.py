"""The end of money, heard: one minute left; and the kill switch on a call that talks."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from calls import services
from calls.models import CallPolicy
from kernel import clock
from telephony.models import Command
from tests import world
from tests.calls import story
from tests.telephony.engine.child import loud, read_tap, tone_share, write_tone
from tests.telephony.exchange import Voice, final, say, wait_for
from tests.telephony.tts.conftest import speech_process
from tests.wallet.books import assert_books_are_right

__all__ = ["speech_process"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_minute_left_is_said_over_what_the_caller_hears(exchange, speech_process, tmp_path):
    CallPolicy.objects.create(workspace=world.acme().workspace, warns_before_end=True)
    tone = write_tone(tmp_path / "tone.wav", hertz=700, seconds=30, rate=8_000)
    exchange.peer("answer")
    pages = {
        "voice": [say({"play": {"url": "/tone.wav"}})],
        "tone.wav": [(200, "audio/wav", Path(tone).read_bytes())],
    }
    with Voice(**pages) as voice:
        # Money for 40 seconds: nothing more can be bought, so the word is said at once.
        call = story.place(
            world.acme(),
            to=[exchange.friend],
            money=200,
            voice_callback_url=f"{voice.url}/voice",
        )
        wait_for(lambda: "call.money_ends" in story.kinds(call), story=exchange.log.read_text)
        wait_for(lambda: was_heard(call), seconds=20, story=exchange.log.read_text)
        services.hang_up(call)
        call = final(call, story=exchange.log.read_text)

    assert story.kinds(call).count("call.money_ends") == 1
    assert call.status == "completed"
    assert_books_are_right()
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    second = [sent[at : at + 4000] for at in range(0, len(loud(sent)) - 4000, 4000)]
    shares = [tone_share(each, 700) for each in second if np.abs(each).max() > 100]
    assert max(shares) > 0.95, "the tone is heard alone before and after"
    assert min(shares) < 0.6, "and under the words"


def was_heard(call):
    """The overlay has had the time that two sentences take."""
    limit = clock.now() - timedelta(seconds=5)
    return Command.objects.filter(
        leg_id__in=call.legs.values("pk"), kind="overlay", sent_at__lt=limit
    ).exists()


def test_the_kill_switch_ends_a_talking_call_and_gives_the_hold_back(exchange):
    where = world.acme()
    exchange.peer("answer")
    with Voice(voice=[say({"pause": {"length": 30}})]) as voice:
        call = story.place(where, to=[exchange.friend], voice_callback_url=f"{voice.url}/voice")
        wait_for(lambda: story.fresh(call).status == "answered", story=exchange.log.read_text)
        assert story.money(where).held_minor == 300
        stopped = services.stop_calls(workspace_id=where.id, reason="stolen key", actor="tests")
        call = final(call, story=exchange.log.read_text)
    assert stopped == 1
    money = story.money(where)
    assert (money.held_minor, money.balance_minor) == (0, 100_000 - call.cost_minor)
    assert call.duration_seconds < 30
    assert_books_are_right()
