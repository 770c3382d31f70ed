"""One mend of an XML document: the element at the place that was named becomes what was meant."""

from __future__ import annotations

import re
from typing import Final

from telephony.interpreter.document import ACTIONS_MAX, DocumentInvalid
from telephony.interpreter.fields import ABSENT, Choice, Field, Integer, Url
from telephony.interpreter.mending import guess
from telephony.interpreter.mending.loose_xml import ROOT, Node
from telephony.interpreter.source import BODY, Element, Place
from telephony.interpreter.verb import Nested, Verb, camel
from telephony.interpreter.wrappers import HOLDS, INNER
from telephony.verbs import BY_ELEMENT, BY_NAME

_PLACE: Final = re.compile(r"line (\d+), column (\d+)")
_NEVER: Final = re.compile(r"actions\[(\d+)\]")
_ELEMENT_OF: Final = {name: verb.ELEMENTS[0] for name, verb in BY_NAME.items()}


def mend(root: Node, where: str) -> Node:
    """Return the tree with the fault, or the warning, at a place mended; it is changed in place."""
    found = _PLACE.match(where)
    if after := _NEVER.match(where):
        known = [it for it in root.children if it.name in BY_ELEMENT]
        for extra in known[int(after[1]) + 1 :]:
            root.items.remove(extra)
        return root
    if root.name != ROOT:
        return _as_root(root)
    node, above = _find(root, int(found[1]), int(found[2])) if found else (root, [])
    if node is root or node is None:
        _mend_root(root)
    elif node.name in HOLDS:
        _mend_wrapper(node, root)
    elif len(above) == 2 and above[1].name in HOLDS:
        _mend_wrapped(node, above[1])
    elif len(above) > 1:
        _mend_child(node, above)
    elif verb := BY_ELEMENT.get(node.name):
        _mend_element(verb, node, root)
    else:
        _mend_name(node, root)
    return root


def _find(
    node: Node, line: int, column: int, above: list[Node] | None = None
) -> tuple[Node | None, list[Node]]:
    """Return the element that begins there, and those around it."""
    path = above or []
    if (node.line, node.column) == (line, column):
        return node, path
    for child in node.children:
        found, around = _find(child, line, column, [*path, node])
        if found:
            return found, around
    return None, []


def _as_root(root: Node) -> Node:
    """Make a response of another root: it is misspelt, or a verb alone, or a page of words."""
    if root.name in BY_ELEMENT or root.name in HOLDS or _element(root.name):
        return Node(ROOT, 1, 1, {}, [root])
    children = [
        it for it in root.children if it.name in BY_ELEMENT or it.name in HOLDS or _element(it.name)
    ]
    if children or not _words(root):
        return Node(ROOT, 1, 1, {}, list(root.items) if children else [])
    return Node(ROOT, 1, 1, {}, [Node("Say", 1, 1, {}, [_words(root)])])


def _words(node: Node) -> str:
    """Return all words of an element, those inside others included."""
    parts = [it if isinstance(it, str) else _words(it) for it in node.items]
    return " ".join(" ".join(parts).split())


def _element(word: str) -> str:
    """Return the element that a word means, or nothing."""
    name = guess.verb_for(word, [*BY_ELEMENT])
    if name in BY_ELEMENT:
        return name
    return _ELEMENT_OF.get(guess.verb_for(word, BY_NAME), "")


def _mend_root(root: Node) -> None:
    """Speak the words that stand outside of a verb; keep as many actions as may be."""
    items: list[str | Node] = []
    for it in root.items:
        is_words = isinstance(it, str) and it.strip()
        items.append(Node("Say", 0, 0, {}, [str(it).strip()]) if is_words else it)
    root.items = items
    for extra in root.children[ACTIONS_MAX:]:
        root.items.remove(extra)


def _mend_name(node: Node, holder: Node) -> None:
    if name := _element(node.name):
        node.name = name
    else:
        holder.items.remove(node)


def _mend_wrapper(node: Node, root: Node) -> None:
    """Keep the streams in <Connect> or <Start>, and nothing else; without any it goes."""
    node.attributes.clear()
    node.items = [it for it in node.children if it.name == INNER]
    if not node.items:
        root.items.remove(node)


def _mend_wrapped(node: Node, holder: Node) -> None:
    """Mend a stream inside of <Connect> or <Start>; what else stands there goes."""
    if node.name == INNER:
        _mend_element(BY_ELEMENT[INNER], node, holder)
    elif node.name.lower() == INNER.lower():
        node.name = INNER
    else:
        holder.items.remove(node)


def _mend_child(node: Node, above: list[Node]) -> None:
    """Mend an element inside of a verb: a prompt of getDigits, a number of dial, or a stray."""
    holder, verb = above[-1], BY_ELEMENT.get(above[1].name if len(above) > 1 else "")
    nested = (
        next((it for it in verb.kinds().values() if isinstance(it, Nested)), None) if verb else None
    )
    prompts = {word: it for it in nested.verbs for word in it.ELEMENTS} if nested else {}
    if node.name in prompts and len(above) == 2:
        _mend_element(prompts[node.name], node, holder)
        return
    known = [word for kind in verb.kinds().values() for word in kind.elements] if verb else []
    close = next((word for word in known if word.lower() == node.name.lower()), "")
    meant = close or _element(node.name)
    if meant and meant != node.name and (meant in prompts or meant in known):
        node.name = meant
        return
    at = holder.items.index(node)
    del holder.items[at]
    if meant in BY_ELEMENT:
        # It happens after the verb that it stands in.
        node.name = meant
        root = above[0]
        root.items.insert(root.items.index(above[1]) + 1, node)
    elif (words := _words(node)) and _has_body(verb):
        holder.items.insert(at, words)


def _has_body(verb: type[Verb] | None) -> bool:
    return verb is not None and any(BODY in kind.xml for kind in verb.kinds().values())


def _mend_element(verb: type[Verb], node: Node, holder: Node) -> None:
    """Mend an element of a verb: attributes that are none, values that are not taken, what is missing."""
    known = {source for kind in verb.kinds().values() for source in kind.xml}
    for name in node.attributes:
        if name not in known and not name.startswith("xml"):
            _rename(verb, node, name)
            return
    for name, kind in verb.kinds().items():
        if _mend_source(camel(name), kind, node):
            return
    if node.text and BODY not in known and not any(kind.elements for kind in verb.kinds().values()):
        _move_text(verb, node)
        return
    if _encrypt(verb, node):
        return
    if verb.NAME == "dial":
        _mend_target(verb, node)
        return
    _fill(verb, node, holder)


def _encrypt(verb: type[Verb], node: Node) -> bool:
    """Write https where an address travels in the open."""
    for kind in verb.kinds().values():
        for source in kind.xml if isinstance(kind, Url) else ():
            raw = node.text if source == BODY else node.attributes.get(source, "")
            if raw.startswith("http://"):
                _write(node, source, re.sub("^http:", "https:", raw))
                return True
    return False


def _rename(verb: type[Verb], node: Node, name: str) -> None:
    """Give an attribute the name that is meant, if its value fits there, or leave it out."""
    value = node.attributes.pop(name)
    names = {camel(it): kind for it, kind in verb.kinds().items()}
    by_source = {source: kind for kind in names.values() for source in kind.xml if source != BODY}
    choices = guess.field_for(name, by_source) + guess.field_for(name, names)
    for meant in dict.fromkeys(choices):
        kind = by_source.get(meant) or names[meant]
        fit = guess.better(kind, kind.from_text(value))
        if fit is ABSENT:
            continue
        source = meant if meant in kind.xml else next(iter(kind.xml), None)
        if source == BODY and not node.text:
            node.items.insert(0, str(fit))
            return
        if source and source not in node.attributes:
            node.attributes[source] = _written(fit)
            return


def _mend_source(name: str, kind: Field, node: Node) -> bool:
    """Mend the value of a field where it stands; False when it is right."""
    element = Element(node.name, node.attributes, 0, 0, [node.text])
    element.children = [Element(it.name, it.attributes, 0, 0, [it.text]) for it in node.children]
    try:
        kind.from_xml(element, Place("it"))
    except DocumentInvalid:
        pass
    else:
        return _mend_lenient(kind, node)
    for source in kind.xml:
        raw = node.text if source == BODY else node.attributes.get(source)
        if raw is None or (source == BODY and not raw):
            continue
        if raw and _is_right(kind, source, raw):
            continue
        fit = guess.better(kind, kind.from_text(raw))
        fit = guess.nearest_limit(kind, raw) if fit is ABSENT else fit
        fit = guess.example(kind) if fit is ABSENT and kind.required else fit
        _write(node, source, fit)
        return True
    return _mend_numbers(kind, node)


def _is_right(kind: Field, source: str, raw: str) -> bool:
    return guess.accepts(kind, kind.from_text(raw))


def _mend_lenient(kind: Field, node: Node) -> bool:
    """Mend a word that was only warned about."""
    words = getattr(kind, "words", ())
    for source in kind.xml if getattr(kind, "lenient", False) else ():
        raw = node.attributes.get(source)
        if raw is not None and kind.from_text(raw) not in words:
            _write(node, source, guess.better(kind, raw))
            return True
    return False


def _mend_numbers(kind: Field, node: Node) -> bool:
    """Mend the numbers that stand in child elements, or in one list."""
    changed = False
    for holder in (node, *(it for it in node.children if it.name in kind.elements)):
        raw = holder.text
        fit = next(guess._phones(raw), "") if raw else ""
        if fit and fit != raw:
            holder.items = [fit, *holder.children]
            changed = True
    if listed := node.attributes.get("phoneNumbers"):
        meant = [next(guess._phones(each), "") for each in re.split(r"[,;\s]+", listed) if each]
        node.attributes["phoneNumbers"] = ",".join(each for each in meant if each)
        changed = changed or node.attributes["phoneNumbers"] != listed
    if not changed:
        for holder in (node, *(it for it in node.children if it.name in kind.elements)):
            if holder.text:
                holder.items = ["+254712345678", *holder.children]
                return True
    return changed


def _write(node: Node, source: str, value: object) -> None:
    if source == BODY:
        node.items = [] if value is ABSENT else [str(value), *node.children]
    elif value is ABSENT:
        del node.attributes[source]
    else:
        node.attributes[source] = _written(value)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _move_text(verb: type[Verb], node: Node) -> None:
    """Put words where the element has none into the attribute that they fit, or leave them out."""
    text, node.items = node.text, [it for it in node.items if isinstance(it, Node)]
    if any(isinstance(kind, Nested) for kind in verb.kinds().values()):
        node.items.insert(0, Node("Say", 0, 0, {}, [text]))
        return
    for kind in verb.kinds().values():
        free = [source for source in kind.xml if source not in node.attributes]
        fits = isinstance(kind, (Integer, Url, Choice))
        if free and fits and guess.accepts(kind, kind.from_text(text)):
            node.attributes[free[0]] = text
            return


def _mend_target(verb: type[Verb], node: Node) -> None:
    """Say who is called: once, with a number that may be."""
    meant = [
        found
        for word in re.split(r"[,;\s]+", _words(node))
        if (found := next(guess._phones(word), ""))
    ]
    node.items = [str((meant or ["+254712345678"])[0])]
    node.attributes.pop("phoneNumbers", None)


def _fill(verb: type[Verb], node: Node, holder: Node) -> None:
    """Write what has to be there, or leave out an action that says nothing."""
    for kind in verb.kinds().values():
        if kind.required and kind.xml:
            source = kind.xml[0]
            if source == BODY and node.text:
                continue
            _write(node, source, guess.example(kind))
            return
    holder.items.remove(node)
