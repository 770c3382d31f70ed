"""Recordings in other formats: made once, when somebody first asks."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction

from calls import formats, vault
from calls.models import Recording, Rendition
from calls.states import RENDITION
from kernel import clock, sound
from kernel.work import enqueue

log = logging.getLogger(__name__)

RENDER = "calls.render_recording"


def want_rendition(recording: Recording, form: str) -> Rendition:
    """Return a recording in a format, having it made if it never was."""
    with transaction.atomic():
        found, is_new = Rendition.objects.get_or_create(recording=recording, format=form)
        if is_new:
            enqueue(RENDER, found.id)
    return found


def has_form(recording: Recording, form: str) -> bool:
    """Say whether a stored recording is there in a format; one that is not is made."""
    return form == formats.DEFAULT or want_rendition(recording, form).state == "ready"


def render_recording(rendition_id: UUID) -> None:
    """Make one format and store it. May run twice: the second file is dropped."""
    rendition = Rendition.objects.select_related("recording").get(pk=rendition_id)
    if rendition.state != "wanted" or rendition.recording.state != "ready":
        return
    try:
        with vault.plain(rendition.recording) as path:
            made = sound.encode(path, rendition.format)  # type: ignore[arg-type]
    except sound.NotSound as problem:
        log.error("recording %s as %s: %s", rendition.recording_id, rendition.format, problem)
        RENDITION.apply(rendition, "fail")
        return
    name = vault.put_rendition(rendition, made)
    columns = {"file": name, "size_bytes": len(made), "ready_at": clock.now()}
    if not RENDITION.apply(rendition, "store", **columns):
        vault.drop(name)
        return
    if not Recording.objects.filter(pk=rendition.recording_id, state="ready").exists():
        vault.erase(rendition.recording)
