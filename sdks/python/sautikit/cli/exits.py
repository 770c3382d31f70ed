"""The exit codes of every command: what a script may decide on."""

from __future__ import annotations

DONE, FAILED, MISUSED, REFUSED, UNREACHABLE, LATE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

EXITS = {
    DONE: "all went well",
    FAILED: "something failed, or ended badly",
    MISUSED: "the command line was wrong, or no key was given",
    REFUSED: "the key was refused, or may not do this",
    UNREACHABLE: "the API could not be reached",
    LATE: "it did not end in the time given",
    INTERRUPTED: "stopped with Ctrl-C",
}


class Stop(Exception):
    """Ends a command with a sentence and an exit code."""

    def __init__(self, sentence: str, *, code: str, status: int = FAILED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.status = status
