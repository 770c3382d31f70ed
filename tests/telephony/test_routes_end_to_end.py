"""Numbers without a voice URL: callers are forwarded, and who reaches nobody leaves a message."""

import pytest
from django.core import mail

from calls.models import Call, Recording
from kernel.models import Event, Mail
from numbers import services as numbers
from tests import world
from tests.telephony.engine.child import loud, read_tap, tone_share, write_speech
from tests.telephony.exchange import final, wait_for
from tests.wallet.books import assert_books_are_right

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL = "front-desk@acme.example"


@pytest.fixture(autouse=True)
def folders(settings, exchange, tmp_path):
    settings.VAR_DIR = exchange.folder
    backend = "django.core.files.storage.FileSystemStorage"
    kept = {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "recordings": kept}


def claim(**changes):
    world.fund(world.acme(), 50_000)
    number = world.claim(world.acme())
    numbers.route_number(number, changes=changes)
    return number


def ring(exchange, number, *parts):
    """Somebody calls a number and speaks."""
    exchange.renew()
    speech = write_speech(exchange.folder / "caller.al", *parts)
    exchange.caller("call_speak", number.e164, speech=speech)


def the_call(exchange):
    found = wait_for(Call.objects.filter(parent=None).first, story=exchange.log.read_text)
    return final(found, story=exchange.log.read_text)


def test_a_caller_is_joined_with_who_the_number_is_forwarded_to(exchange):
    speech = write_speech(exchange.folder / "agent.al", (900, 9))
    exchange.peer("speak_leave", speech=speech, stay_ms=2_500)
    number = claim(forward_to=exchange.friend, voicemail_greeting="Leave a message.")
    ring(exchange, number, (600, 12))
    call = the_call(exchange)
    (agent,) = Call.objects.filter(parent=call)
    assert (call.status, final(agent).status) == ("completed", "completed")
    assert agent.remote_e164 == call.number.forward_to
    _, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    assert tone_share(loud(sent)[-8000:], 900) > 0.95
    _, said = read_tap(exchange.folder / "taps" / f"{agent.winner_id}.wav")
    assert tone_share(loud(said), 600) > 0.95
    assert not Recording.objects.exists()
    assert_books_are_right()


def test_who_reaches_nobody_leaves_a_message_and_a_mail_says_so(exchange):
    exchange.peer("refuse", code=486)
    number = claim(
        forward_to=exchange.friend, voicemail_greeting="Leave a message.", voicemail_email=EMAIL
    )
    ring(exchange, number, (0, 1), (600, 4), (0, 12))
    call = the_call(exchange)
    (agent,) = Call.objects.filter(parent=call)
    assert (call.status, agent.status) == ("completed", "busy")
    recording = wait_for(
        Recording.objects.filter(call=call, state="ready").first, story=exchange.log.read_text
    )
    assert (recording.source, recording.end_reason) == ("voicemail", "silence")
    assert recording.duration_ms >= 1_000
    # What is kept of a mail loses its text once it is sent.
    (sent,) = wait_for(lambda: [it for it in mail.outbox if EMAIL in it.to])
    assert call.from_e164 in sent.subject
    assert f"/calls/{call.id}" in sent.body
    assert Event.objects.filter(kind="recording.ready", call_id=call.id).count() == 1


def test_without_anybody_to_call_a_message_is_taken_at_once_and_the_owners_get_the_mail(exchange):
    number = claim(voicemail_greeting="Leave a message.")
    ring(exchange, number, (0, 1), (600, 4), (0, 12))
    call = the_call(exchange)
    wait_for(Recording.objects.filter(call=call, state="ready").first)
    assert Mail.objects.get(subject__contains=call.from_e164).to == world.amina().email
