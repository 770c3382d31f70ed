"""A stored file read in stretches: a seek in an S3 store is a request for a range, not for the whole."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.core.files.storage import Storage

# What one request brings; a player that jumps about drops most of it.
AHEAD_BYTES = 1024 * 1024


def open_file(storage: Storage, name: str) -> BinaryIO:
    """Open a stored file for reading; the caller closes it."""
    bucket = getattr(storage, "bucket", None)
    if bucket is None:
        return cast(BinaryIO, storage.open(name))
    return cast(BinaryIO, RangedFile(bucket.Object(name)))


class RangedFile:
    """The part of a file that readers of sealed files use: read and seek."""

    # boto3 makes its classes while it runs.
    def __init__(self, stored: Any) -> None:
        self._stored = stored
        self._at = 0
        self._start = 0
        self._kept = b""

    def seek(self, position: int) -> int:
        self._at = position
        return position

    def read(self, size: int) -> bytes:
        """Return up to so many bytes from here."""
        begin = self._at - self._start
        if begin < 0 or begin + size > len(self._kept):
            self._fetch(max(size, AHEAD_BYTES))
            begin = 0
        found = self._kept[begin : begin + size]
        self._at += len(found)
        return found

    def close(self) -> None:
        self._kept = b""

    def __enter__(self) -> RangedFile:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def _fetch(self, size: int) -> None:
        self._start, self._kept = self._at, b""
        try:
            answer = self._stored.get(Range=f"bytes={self._at}-{self._at + size - 1}")
        except self._stored.meta.client.exceptions.ClientError as problem:
            if problem.response.get("Error", {}).get("Code") == "InvalidRange":
                return
            raise
        self._kept = answer["Body"].read()
