"""`sautikit uploads`: keep a sound file with the API, for `play`."""

from __future__ import annotations

from sautikit.cli.exits import DONE
from sautikit.cli.line import Group, Line
from sautikit.cli.voice import contents


def add(group: Group) -> None:
    """Put the commands on the line."""
    uploads = group.group("uploads", "keep a sound file with us, for play")
    audio = uploads.command(
        "audio",
        "upload a WAV, MP3, Ogg or FLAC file and print the address that plays it for 7 days",
        send,
        examples=("sautikit uploads audio greeting.mp3",),
    )
    audio.add_argument("file", metavar="FILE", help="the sound; - is standard input")


def send(line: Line) -> int:
    """Upload a file and print where it is."""
    got = line.client.uploads.audio(file=contents(line.options.file))
    line.out.say(got["url"], **got)
    return DONE
