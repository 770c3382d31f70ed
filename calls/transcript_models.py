"""What was said in a recording, in words, and the other sound formats of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from calls.states import RENDITION, TRANSCRIPT
from kernel.ids import uuid7

FORMATS = ("mp3", "opus")


class Transcript(models.Model):
    """The words of one recording; erased with its sound."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recording = models.OneToOneField(
        "calls.Recording", on_delete=models.CASCADE, related_name="transcript"
    )
    # Empty when nobody is to be told.
    callback_url = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=TRANSCRIPT.initial)
    text = models.TextField(blank=True)
    # From 0 to 100; None when the recogniser does not say.
    confidence_percent = models.PositiveSmallIntegerField(null=True)
    # Who wrote it, or why nobody could.
    recogniser = models.CharField(max_length=64, blank=True)
    problem = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    # Posting it to the callback.
    posts = models.PositiveSmallIntegerField(default=0)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            TRANSCRIPT.constraint("calls_transcript_state"),
            models.CheckConstraint(
                condition=Q(confidence_percent__isnull=True) | Q(confidence_percent__lte=100),
                name="calls_transcript_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"transcript of {self.recording_id} ({self.state})"


class Rendition(models.Model):
    """A recording in another format, made once when somebody asks for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recording = models.ForeignKey(
        "calls.Recording", on_delete=models.CASCADE, related_name="renditions", db_index=False
    )
    format = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default=RENDITION.initial)
    file = models.CharField(max_length=200, blank=True)
    size_bytes = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            RENDITION.constraint("calls_rendition_state"),
            models.UniqueConstraint(fields=["recording", "format"], name="calls_rendition_once"),
            models.CheckConstraint(condition=Q(format__in=FORMATS), name="calls_rendition_format"),
        ]

    def __str__(self) -> str:
        return f"{self.format} of {self.recording_id} ({self.state})"
