"""Full-text search of the developer pages: an index in memory, made once in each process."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from docs import library, markdown, reference

RESULTS_MAX = 20
QUERY_MAX = 120
WORDS_MAX = 8
SNIPPET_CHARACTERS = 200
# A word that is written is worth more than one it begins, and that more than one it resembles.
BEGINS, RESEMBLES = 0.6, 0.35
# A hit in the title counts like this many in the text.
TITLE_WEIGHT = 6
# How fast more of the same word stops mattering, and how much long texts are held back.
SATURATION, LENGTH_WEIGHT = 1.2, 0.6
# Short words resemble too much.
ONE_SLIP_LENGTH, TWO_SLIPS_LENGTH = 4, 8
_WORD = re.compile(r"[a-z0-9]+")
# getDigits and call_id are found by each of their words, and whole.
_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page, or a part of one, that can be found."""

    kind: str
    title: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a snippet; a hit is shown as one."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A result as the page shows it."""

    entry: Entry
    title: list[Piece]
    snippet: list[Piece]


@dataclass(slots=True)
class Index:
    """Which entry has which word how often."""

    entries: list[Entry] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    # word: {number of the entry: how often it counts there}
    places: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, entry: Entry) -> None:
        counts = Counter(words(entry.text))
        for word, count in Counter(words(entry.title)).items():
            counts[word] += count * TITLE_WEIGHT
        number = len(self.entries)
        self.entries.append(entry)
        self.lengths.append(sum(counts.values()))
        for word, count in counts.items():
            self.places[word][number] = count

    def like(self, word: str) -> dict[str, float]:
        """Return the known words that somebody who typed this one may mean, with their weight."""
        slips = (len(word) >= ONE_SLIP_LENGTH) + (len(word) >= TWO_SLIPS_LENGTH)
        found = {it: BEGINS for it in self.places if len(word) > 1 and it.startswith(word)}
        if word in self.places:
            return found | {word: 1.0}
        if not found and slips:
            near = (it for it in self.places if abs(len(it) - len(word)) <= slips)
            found = {it: RESEMBLES for it in near if is_near(word, it, slips)}
        return found

    def scores(self, typed: list[str]) -> dict[int, float]:
        """Rank the entries that have every word that means anything to us."""
        ranked: list[dict[int, float]] = []
        for word in typed:
            best: dict[int, float] = {}
            for known, weight in self.like(word).items():
                for number, score in self._scores(known).items():
                    best[number] = max(best.get(number, 0.0), weight * score)
            ranked.append(best)
        ranked = [it for it in ranked if it]
        if not ranked:
            return {}
        all_of_them = set.intersection(*(set(it) for it in ranked))
        wanted = all_of_them or set.union(*(set(it) for it in ranked))
        return {number: sum(it.get(number, 0.0) for it in ranked) for number in wanted}

    def _scores(self, word: str) -> dict[int, float]:
        places = self.places[word]
        rarity = math.log(1 + len(self.entries) / len(places))
        mean = sum(self.lengths) / len(self.lengths)
        return {
            number: rarity * count / (count + SATURATION * self._length(number, mean))
            for number, count in places.items()
        }

    def _length(self, number: int, mean: float) -> float:
        return 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * self.lengths[number] / mean


def search(query: str) -> list[Found]:
    """Return the best entries for what was typed, each with the place that shows why."""
    typed = list(dict.fromkeys(_WORD.findall(query[:QUERY_MAX].lower())))[:WORDS_MAX]
    made = index()
    scores = made.scores(typed)
    best = sorted(scores, key=lambda number: (-scores[number], number))[:RESULTS_MAX]
    meant = {known for word in typed for known in made.like(word)}
    return [_shown(made.entries[number], meant) for number in best]


@functools.cache
def index() -> Index:
    """Return the index of all pages."""
    made = Index()
    for entry in [*_guides(), *_details(), *_operations()]:
        made.add(entry)
    return made


def words(text: str) -> list[str]:
    """Return the words of a text as they are looked for."""
    whole = _WORD.findall(text.lower())
    parts = _WORD.findall(_JOINED.sub(" ", text).lower())
    return whole if parts == whole else [*whole, *parts]


def is_near(one: str, other: str, slips: int) -> bool:
    """Tell whether so many slips turn one word into the other: a letter less, more, other, swapped."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        last, row = row, [at]
        for there, theirs in enumerate(other, 1):
            cost = min(last[there] + 1, row[-1] + 1, last[there - 1] + (letter != theirs))
            if before and there > 1 and letter == other[there - 2] and one[at - 2] == theirs:
                cost = min(cost, before[there - 2] + 1)
            row.append(cost)
        if min(row) > slips:
            return False
        before = last
    return row[-1] <= slips


def _guides() -> list[Entry]:
    # The operations are entries of their own.
    shown = [it for it in library.GUIDES if it.slug != "api"]
    return [
        Entry("Guide", title, f"{guide.path}{place}", text)
        for guide in shown
        for title, place, text in _parts(guide.lasting_text(), guide.title)
    ]


def _parts(source: str, page: str) -> list[tuple[str, str, str]]:
    """Split a page at its second headings: title, place in the page, text."""
    found = []
    for part in markdown.plain(source):
        place = f"#{part.anchor}" if part.anchor else ""
        found.append((f"{page}: {part.title}" if part.title else page, place, part.text))
    return found


def _details() -> list[Entry]:
    pages = (
        ("Voice action", "verbs", library.verb_names(), library.verb_text),
        ("Event", "events", library.event_names(), library.event_text),
        ("Error", "errors", library.error_codes(), library.error_text),
    )
    return [
        Entry(kind, name, f"/developers/{folder}/{name}", _plain(text(name) or ""))
        for kind, folder, names, text in pages
        for name in names
    ]


def _operations() -> list[Entry]:
    return [
        Entry("API", f"{it.method} {it.path}", f"/developers/api#{it.anchor}", _said(it))
        for it in reference.operations()
    ]


def _said(it: reference.Operation) -> str:
    fields = [f"{row.name} ({row.note.rstrip('.')})" for row in (*it.params, *it.body, *it.reply)]
    return f"{it.description} {'; '.join(fields)}".replace("`", "").replace(" ()", "")


def _plain(source: str) -> str:
    return " ".join(part.text for part in markdown.plain(source))


def _shown(entry: Entry, meant: set[str]) -> Found:
    marks = _marks(entry.text, meant)
    start = _best_start([at for at, _end in marks])
    start = entry.text.rfind(" ", 0, start) + 1 if start else 0
    end = min(len(entry.text), start + SNIPPET_CHARACTERS)
    end = end if end == len(entry.text) else max(entry.text.rfind(" ", start, end), start + 1)
    snippet = _pieces(entry.text[start:end], meant)
    before = [Piece("\N{HORIZONTAL ELLIPSIS} ", is_hit=False)] if start else []
    after = [Piece(" \N{HORIZONTAL ELLIPSIS}", is_hit=False)] if end < len(entry.text) else []
    return Found(entry, _pieces(entry.title, meant), [*before, *snippet, *after])


def _marks(text: str, meant: set[str]) -> list[tuple[int, int]]:
    """Return where the words stand that were meant, whole or as a part of a joined one."""
    lower = text.lower()
    found = [it.span() for it in _WORD.finditer(lower) if it[0] in meant]
    parts = [it.span() for it in re.finditer(r"[A-Z]?[a-z0-9]+", text) if it[0].lower() in meant]
    return sorted({*found, *parts})


def _best_start(places: list[int]) -> int:
    """Choose where a snippet begins, so that it shows the most hits."""
    room = SNIPPET_CHARACTERS - 60
    counts = [sum(at <= other < at + room for other in places) for at in places]
    best = places[counts.index(max(counts))] if counts else 0
    return max(0, best - 40)


def _pieces(text: str, meant: set[str]) -> list[Piece]:
    found: list[Piece] = []
    done = 0
    for start, end in _marks(text, meant):
        if start < done:
            continue
        found += [Piece(text[done:start], is_hit=False), Piece(text[start:end], is_hit=True)]
        done = end
    return [it for it in (*found, Piece(text[done:], is_hit=False)) if it.text]
