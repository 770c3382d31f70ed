"""What every verb is: declared attributes, read from JSON and XML by one mapping."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from telephony.interpreter.effects import Effects, Note, Play
from telephony.interpreter.fields import ABSENT, Field
from telephony.interpreter.prompts import Prompt
from telephony.interpreter.source import BODY, Element, Place, listed, nearest, shown

if TYPE_CHECKING:
    from typing import Self

    from telephony.interpreter.session import Session

Precondition = Literal["any", "unanswered", "answered"]


class Verb:
    """An action of a voice document. A subclass is one frozen dataclass in one file."""

    __slots__ = ()

    NAME: ClassVar[str]
    ELEMENTS: ClassVar[tuple[str, ...]]
    PRECONDITION: ClassVar[Precondition]
    DOC: ClassVar[str]

    @classmethod
    def stand_in(cls, element: Element) -> tuple[type[Verb], Element] | None:
        """Return what an element means that another dialect uses for another verb."""
        return None

    def begin(self, session: Session) -> Effects:
        """Say what has to happen when the call reaches this action."""
        raise TypeError(f"{self.NAME} does not say what it does")

    @property
    def is_recorded(self) -> bool:
        """Whether what is said from here on is recorded, so that it must be announced before."""
        return False

    # Which outcome a verb gets is that of the effect it began with.
    def resume(self, session: Session, event: Any) -> Effects:
        """Say what follows from what the caller did; nothing means the next action."""
        return ()

    @classmethod
    def kinds(cls) -> dict[str, Field]:
        """Return the declared fields by attribute name."""
        return {each.name: each.metadata["kind"] for each in dataclasses.fields(cls)}  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, value: object, place: Place) -> Self:
        """Read the object that follows the verb's key."""
        if not isinstance(value, dict):
            raise place.refuse(f"must be an object, not {shown(value)}.", f"Write {cls.example()}.")
        keys = {camel(name): name for name in cls.kinds()}
        for key in value:
            if key not in keys:
                raise place.refuse(f"{shown(key)} is not a field of {cls.NAME}.", cls.meant(key))
        found = {keys[key]: cls._read(keys[key], value[key], place) for key in value}
        return cls._build(found, place)

    @classmethod
    def from_xml(cls, element: Element, place: Place) -> Self:
        """Read an element; what it has beyond the declared places becomes a remark."""
        read = {name: kind.from_xml(element, place) for name, kind in cls.kinds().items()}
        cls._remark_the_rest(element, place)
        return cls._build({name: it for name, it in read.items() if it is not ABSENT}, place)

    def to_json(self) -> dict[str, object]:
        """Return the action as a JSON document writes it, defaults left out."""
        fields = {
            camel(name): kind.to_json(value)
            for name, kind in self.kinds().items()
            if (value := getattr(self, name)) != kind.default
        }
        return {self.NAME: fields}

    @classmethod
    def schema(cls) -> dict[str, object]:
        """Describe the object that follows the verb's key as JSON Schema."""
        kinds = cls.kinds()
        return {
            "description": cls.DOC,
            "type": "object",
            "properties": {camel(name): kind.schema() for name, kind in kinds.items()},
            "required": [camel(name) for name, kind in kinds.items() if kind.required],
            "additionalProperties": False,
        }

    @classmethod
    def example(cls) -> str:
        needed = ", ".join(f'"{camel(n)}": ...' for n, kind in cls.kinds().items() if kind.required)
        return f'{{"{cls.NAME}": {{{needed}}}}}'

    @classmethod
    def meant(cls, key: str) -> str:
        """Say which field was probably meant, the XML names of the fields included."""
        known = {camel(name): camel(name) for name in cls.kinds()}
        for name, kind in cls.kinds().items():
            known |= {source: camel(name) for source in kind.xml if source != BODY}
        if key in known or (close := nearest(key, known)):
            return f'Did you mean "{known[key if key in known else close]}"?'
        if not cls.kinds():
            return f"{cls.NAME} has no fields."
        return f"Its fields are {listed(map(camel, cls.kinds()))}."

    @classmethod
    def _read(cls, name: str, value: object, place: Place) -> Any:
        return cls.kinds()[name].from_json(value, camel(name), place.key(camel(name)))

    @classmethod
    def _build(cls, found: dict[str, Any], place: Place) -> Self:
        for name, kind in cls.kinds().items():
            if kind.required and name not in found:
                raise place.refuse(f"{camel(name)} is missing.", f"Add it: {kind.doc}")
        return cls(**found)

    @classmethod
    def _remark_the_rest(cls, element: Element, place: Place) -> None:
        kinds = cls.kinds().values()
        known = {source for kind in kinds for source in kind.xml}
        for name in element.attributes:
            if name not in known and not name.startswith("xml"):
                place.remark(f"The attribute {name} is not understood and was skipped.")
        read_children = {name for kind in kinds for name in kind.elements}
        if element.text and BODY not in known and not read_children:
            place.remark(f"The text {shown(element.text)} has no meaning here and was skipped.")
        if not any(isinstance(kind, Nested) for kind in kinds):
            for child in element.children:
                if child.name in read_children:
                    continue
                place.element(child).remark("This element has no meaning here and was skipped.")


class PromptVerb(Verb):
    """A verb that is heard. It may stand in the list, or inside getDigits as its prompt."""

    __slots__ = ()

    def prompts(self, session: Session) -> tuple[Prompt, ...]:
        """Return what is heard, in order."""
        raise TypeError(f"{self.NAME} does not say what is heard")

    def note(self, session: Session) -> Note:
        """Return its line of the time line."""
        raise TypeError(f"{self.NAME} does not say what it notes")

    def begin(self, session: Session) -> Effects:
        return (self.note(session), Play(session.ticket("play"), self.prompts(session)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested(Field):
    """Verbs inside a verb: a list in JSON, child elements in XML."""

    verbs: Sequence[type[PromptVerb]]
    items_max: int

    def from_json(self, value: object, name: str, place: Place) -> tuple[Verb, ...]:
        if not isinstance(value, list):
            raise place.refuse(f"{name} must be a list of actions.", 'Write [{"say": ...}].')
        if len(value) > self.items_max:
            raise place.refuse(f"{name} has {len(value)} actions.", f"Keep {self.items_max}.")
        by_name = {verb.NAME: verb for verb in self.verbs}
        return tuple(read_action(it, by_name, place.item(at)) for at, it in enumerate(value))

    def from_xml(self, element: Element, place: Place) -> tuple[Verb, ...]:
        by_element = {word: verb for verb in self.verbs for word in verb.ELEMENTS}
        read = (read_element(child, by_element, place) for child in element.children)
        found = tuple(verb for verb in read if verb is not None)
        if len(found) > self.items_max:
            raise place.refuse(f"It has {len(found)} prompts.", f"Keep {self.items_max}.")
        return found

    def to_json(self, value: Iterable[Verb]) -> object:
        return [verb.to_json() for verb in value]

    def shape(self) -> dict[str, object]:
        return {"type": "array", "maxItems": self.items_max, "items": action_schema(self.verbs)}


def read_action(value: object, verbs: Mapping[str, type[Verb]], place: Place) -> Verb:
    """Read one JSON action: an object with exactly one verb as its key."""
    if not isinstance(value, dict):
        raise place.refuse(f"must be an object with one verb, not {shown(value)}.", hint(verbs))
    if len(value) != 1:
        raise place.refuse(
            f"has {len(value)} verbs; each action has exactly one.",
            "Give each verb its own object in the list." if value else hint(verbs),
        )
    (name,) = value
    if name not in verbs:
        close = nearest(name, verbs)
        mend = f'Did you mean "{close}"? ' if close else ""
        raise place.refuse(f"{shown(name)} is not a verb here.", mend + hint(verbs))
    return verbs[name].from_json(value[name], place.key(name))


def read_element(element: Element, verbs: Mapping[str, type[Verb]], place: Place) -> Verb | None:
    """Read one XML element; one that is not a verb becomes a remark."""
    spot = place.element(element)
    if element.name in verbs:
        verb = verbs[element.name]
        if other := verb.stand_in(element):
            verb, element = other
            spot = place.element(element)
        return verb.from_xml(element, spot)
    close = nearest(element.name, verbs)
    mend = f"Did you mean <{close}>? " if close else ""
    spot.remark(f"<{element.name}> is not a verb here and was skipped. {mend}{hint(verbs)}")
    return None


def action_schema(verbs: Sequence[type[Verb]]) -> dict[str, object]:
    """Describe one action: exactly one of the verbs."""
    return {
        "type": "object",
        "properties": {verb.NAME: verb.schema() for verb in verbs},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def hint(verbs: Iterable[str]) -> str:
    return f"The verbs here are {listed(verbs)}."


def camel(name: str) -> str:
    """Return the JSON name of an attribute: ``num_digits`` is ``numDigits``."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
