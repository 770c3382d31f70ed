"""The `/v1/uploads` door: sound files of customers, for `play`."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.core.exceptions import SuspiciousOperation
from rest_framework import exceptions, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from calls.errors import TooManyUploads, UnsupportedAudio
from calls.services import uploads
from calls.shapes import UPLOAD
from kernel import clock, limits
from kernel.api import ApiView
from kernel.errors import BadRequest, BodyTooLarge, UnsupportedMediaType
from kernel.idempotency import idempotent
from kernel.sound import KINDS

FORM: Final = "multipart/form-data"
# What stands around the file in a form.
FORM_BYTES: Final = 64 * 1024
PER_SECOND: Final = 0.5
BURST: Final = 30


class SoundField(serializers.FileField):
    """A sound file, to the byte."""

    shape: ClassVar = {
        "type": "string",
        "format": "binary",
        "description": "A WAV, MP3, Ogg (Vorbis or Opus) or FLAC file of at most 10 MiB.",
    }


class SoundFile(serializers.Serializer[Any]):
    """The form of an upload."""

    file = SoundField()


def sent_file(request: Request) -> bytes:
    """Return the one file of the form. Raises BadRequest, BodyTooLarge, UnsupportedMediaType."""
    try:
        found = request.FILES.getlist("file")
    except exceptions.UnsupportedMediaType:
        raise UnsupportedMediaType(wanted=FORM) from None
    except (exceptions.ParseError, SuspiciousOperation):
        raise BadRequest("The body is not valid multipart/form-data.") from None
    if len(found) != 1:
        raise BadRequest(fields=[("file", "send one file in the form field file")])
    (file,) = found
    if (file.size or 0) > uploads.BYTES_MAX:
        raise BodyTooLarge(limit_bytes=uploads.BYTES_MAX)
    file.seek(0)
    return bytes(file.read())


class AudioUpload(ApiView):
    """Keep a sound file with us and get the address that `play` plays it from."""

    scope = "numbers.claim"
    takes = FORM
    bytes_max = uploads.BYTES_MAX + FORM_BYTES
    parser_classes = [MultiPartParser]
    raises = (UnsupportedAudio, TooManyUploads)
    inputs: ClassVar = {"POST": SoundFile}
    outputs: ClassVar = {"POST": {201: UPLOAD}}

    @idempotent(contents=sent_file)
    def post(self, request: Request) -> Response:
        """Keep a sound file with us and get the address that `play` plays it from: WAV, MP3, Ogg or
        FLAC, judged by its content. The address works for 7 days; where it stands in the routing of
        a number it is renewed in time. Then the file is deleted.
        """
        workspace_id = request.workspace.id  # type: ignore[attr-defined]
        limits.require(f"uploads:{workspace_id}", rate_per_second=PER_SECOND, burst=BURST)
        upload = uploads.keep_upload(
            workspace_id=workspace_id,
            mode=request.mode,  # type: ignore[attr-defined]
            raw=sent_file(request),
            actor=request.actor,  # type: ignore[attr-defined]
        )
        body = {
            "url": uploads.address(upload),
            "size_bytes": upload.size_bytes,
            "mime_type": KINDS[upload.kind],
            "expires_at": clock.rfc3339(upload.expires_at),
        }
        return Response(body, status=201)
