"""A reader of JSON that goes on after a mistake: what people write by hand, and where it is wrong."""

from __future__ import annotations

import re
from typing import Any, Final

from telephony.interpreter.mending.fault import Fault

DEPTH_MAX: Final = 16
QUOTES: Final = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": '”“"',
    "”": '”"',
    "„": "“”",
    "‘": "’'",
    "’": "’'",
}
_WORDS: Final = {
    "true": True, "false": False, "null": None, "True": True, "False": False, "None": None,
    "TRUE": True, "FALSE": False, "NULL": None, "undefined": None, "nil": None,
    "NaN": None, "Infinity": None, "-Infinity": None,
}  # fmt: skip
_STRICT: Final = ("true", "false", "null")
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(?![\w.])")
_BARE: Final = re.compile(r"[^\s,:=\[\]{}\"'“”]+")
_ESCAPES: Final = {
    '"': '"',
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_TAIL: Final = re.compile(r"[\s}\],;]*\Z")


class LooseJson:
    """Reads one text; `faults` says what a strict reader would stumble over, in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.faults: list[Fault] = []

    def read(self) -> Any:
        """Return the value of the text, as far as it can be guessed."""
        start = re.search(r"[{\[]", self.text)
        if start is None:
            raise ValueError("there is no object")
        if self.text[: start.start()].strip():
            self._fault(0, "Something stands before the object.", "Remove it.")
        self.at = start.start()
        value = self._value()
        self._skip()
        if self.at < len(self.text):
            self._fault(self.at, "Something stands after the end.", "Remove what follows.")
        self.faults.sort(key=lambda fault: fault.at)
        return value

    def _fault(self, at: int, message: str, mend: str) -> None:
        self.faults.append(Fault(at, message, mend))

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip(self) -> None:
        """Pass blanks, and comments, which JSON has not."""
        while self.at < len(self.text):
            if self.text[self.at] in " \t\r\n":
                self.at += 1
            elif found := re.compile(r"//[^\n]*|/\*.*?\*/|#[^\n]*", re.S).match(self.text, self.at):
                self._fault(self.at, "JSON has no comments.", "Remove the comment.")
                self.at = found.end()
            elif self.text[self.at].isspace() or self.text[self.at] in "\ufeff\u200b":
                self._fault(self.at, "This blank is no blank of JSON.", "Write an ordinary one.")
                self.at += 1
            else:
                return

    def _value(self) -> Any:
        self._skip()
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise ValueError("too deep")
        try:
            return self._one()
        finally:
            self.depth -= 1

    def _one(self) -> Any:
        mark = self._peek()
        if mark == "{":
            return self._object()
        if mark in ("[", "("):
            if mark == "(":
                self._fault(self.at, "A list stands in square brackets.", "Write [ and ].")
            return self._list()
        if mark in QUOTES and mark:
            return self._string()
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            text = found[0]
            return float(text) if set(text) & set(".eE") else int(text)
        return self._word()

    def _word(self) -> Any:
        """Read what stands there without quotes."""
        found = _BARE.match(self.text, self.at)
        if found is None:
            self._fault(self.at, "A value is missing.", "Write a value, or remove the key.")
            return None
        at, word = self.at, found[0]
        self.at = found.end()
        if word in _WORDS:
            if word not in _STRICT:
                meant = {True: "true", False: "false", None: "null"}[_WORDS[word]]
                self._fault(at, f"JSON has no {word}.", f"Write {meant}.")
            return _WORDS[word]
        more = re.compile(r"[^,:=\[\]{}\"\n]*").match(self.text, self.at)
        if more:
            self.at, word = more.end(), (word + more[0]).rstrip()
        if re.fullmatch(r"[+-]?0*[0-9]+", word) and len(word) < 7:
            self._fault(at, f"{word} is no number of JSON.", f"Write {int(word)}.")
            return int(word)
        self._fault(at, f"{word[:40]} has no quotes.", f'Write "{word[:40]}".')
        return word

    def _list(self) -> list[Any]:
        opened = self.at
        self.at += 1
        values: list[Any] = []
        while not self._closes("]", opened, "list"):
            values.append(self._value())
            self._separate("]", opened)
        return values

    def _object(self) -> dict[str, Any]:
        opened = self.at
        self.at += 1
        values: dict[str, Any] = {}
        while not self._closes("}", opened, "object"):
            key = self._key()
            if key is None:
                continue
            self._colon()
            values[key] = self._value()
            self._separate("}", opened)
        return values

    def _key(self) -> str | None:
        """Read a key; something that can be none is passed."""
        if self._peek() in QUOTES:
            return self._string()
        found = _BARE.match(self.text, self.at)
        if found is None:
            self._fault(self.at, "A key is missing.", "Write a key in quotes.")
            self.at += 1
            return None
        self._fault(self.at, f"The key {found[0][:40]} has no quotes.", f'Write "{found[0][:40]}".')
        self.at = found.end()
        return found[0]

    def _colon(self) -> None:
        self._skip()
        if self._peek() == ":":
            self.at += 1
            return
        if found := re.compile(r"=>?|,(?=\s*[\"\[{])").match(self.text, self.at):
            self._fault(self.at, "Between key and value stands a colon.", "Write a colon.")
            self.at = found.end()
        else:
            self._fault(self.at, "The colon after the key is missing.", "Write a colon.")

    def _closes(self, mark: str, opened: int, what: str) -> bool:
        """Say whether the list or object is over here; a wrong bracket closes it too."""
        self._skip()
        while self._peek() == ",":
            self._fault(self.at, "There is a comma too many.", "Remove the comma.")
            self.at += 1
            self._skip()
        here = self._peek()
        if not here:
            self._fault(self.at, f"The {what} is not closed.", f"Write {mark} at the end.")
            return True
        if here == mark:
            self.at += 1
            return True
        if here in "]})":
            # The other bracket belongs to what is around, if that is open; then this one is missing.
            if here == ")" or self.depth <= 1 or self._closes_here(mark):
                self._fault(self.at, f"{here} does not close the {what}.", f"Write {mark}.")
                self.at += 1
            else:
                self._fault(self.at, f"The {what} is not closed.", f"Write {mark} before it.")
            return True
        return False

    def _closes_here(self, mark: str) -> bool:
        """Whether as many brackets follow as are open, so that this one is only the wrong one."""
        rest = [each for each in self.text[self.at : self.at + 200] if each in "]})"]
        return len(rest) >= self.depth

    def _separate(self, mark: str, opened: int) -> None:
        self._skip()
        here = self._peek()
        if here == ",":
            comma = self.at
            self.at += 1
            self._skip()
            if self._peek() in ("]", "}", ")", ""):
                self._fault(comma, "There is a comma too many.", "Remove the comma.")
            return
        if here in ("]", "}", ")", ""):
            return
        if here == ";":
            self._fault(self.at, "Values are parted by commas.", "Write a comma.")
            self.at += 1
            return
        self._fault(self.at, "A comma is missing.", "Write a comma before it.")

    def _string(self) -> str:
        opened, mark = self.at, self._peek()
        if mark != '"':
            self._fault(opened, f"{mark} is no quote of JSON.", 'Write ".')
        ends = QUOTES[mark]
        self.at += 1
        text: list[str] = []
        while self.at < len(self.text):
            here = self.text[self.at]
            if here in ends:
                if here != '"' and mark == '"':
                    break
                self.at += 1
                return "".join(text)
            text.append(self._character(here, ends))
        return self._unclosed(opened, mark)

    def _character(self, here: str, ends: str) -> str:
        self.at += 1
        if here == "\\":
            return self._escape()
        if here < " ":
            names = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
            message = "A line break or control character stands in a text."
            self._fault(self.at - 1, message, f"Write {names.get(here, 'nothing')} instead.")
            return here if here in names else ""
        return here

    def _escape(self) -> str:
        mark = self._peek()
        self.at += 1
        if mark == "u" and (found := re.compile(r"[0-9a-fA-F]{4}").match(self.text, self.at)):
            self.at = found.end()
            return chr(int(found[0], 16))
        if mark in _ESCAPES and mark:
            return _ESCAPES[mark]
        self._fault(self.at - 2, f"\\{mark} means nothing.", f"Write {mark} or \\\\{mark}.")
        return mark

    def _unclosed(self, opened: int, mark: str) -> str:
        """End a text that has no end before the brackets that close the document, or its line."""
        self._fault(opened, "The text is not closed.", 'Write " at its end.')
        line_end = self.text.find("\n", opened)
        end = line_end if line_end >= 0 else len(self.text)
        found = _TAIL.search(self.text[opened:end])
        end = opened + (found.start() if found else end - opened)
        self.at = end
        self.faults = [each for each in self.faults if each.at <= opened]
        return self.text[opened + 1 : end]
