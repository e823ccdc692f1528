"""Reads and writes people as vCards, with vobject, which the extra `cal` brings: versions 2.1, 3.0 and 4.0."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from kamctl.exchange.typed import kept_text
from kamctl.phrases import Phrase, Verbatim, why
from kamctl.problems import KamctlError

MAX_FILE = 50 * 1024 * 1024
MAX_CARDS = 20_000
ID = "x-kamctl-id"
"""The property that keeps the id of a contact."""

CARD = re.compile(r"^BEGIN:VCARD[ \t]*\r?$.*?^END:VCARD[ \t]*\r?$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
ENCODINGS = ("utf-8-sig", "gb18030", "big5hkscs")
BEST = ("pref", "cell", "mobile", "work", "voice")
"""Types of a telephone number, the best first."""


class Person(NamedTuple):
    """A person as a card says: empty text where it says nothing. `wrong` says why a card cannot be read."""

    line: int
    id: str
    name: str
    title: str
    department: str
    company: str
    phone: str
    email: str
    wrong: str = ""


def library() -> ModuleType:
    """Return vobject. Raises KamctlError where it is not installed."""
    try:
        import vobject
    except ImportError:
        raise KamctlError(Phrase("vCards need vobject"), Verbatim("pip install 'kamctl[cal]'")) from None
    return vobject  # type: ignore[no-any-return]


def cards_text(people: Iterable[tuple[Person, str]]) -> str:
    """Return people, each with what it is known by in other programs, as cards of version 3.0."""
    vobject = library()
    return "".join(_card(vobject, person, known_by) for person, known_by in people)


def _card(vobject: ModuleType, person: Person, known_by: str) -> str:
    card = vobject.vCard()
    card.add("fn").value = person.name
    card.add("n").value = vobject.vcard.Name(given=person.name)
    card.add("uid").value = known_by
    card.add(ID).value = person.id
    if person.company:
        card.add("org").value = [person.company, *([person.department] if person.department else [])]
    for name in ("title", "phone", "email"):
        value = getattr(person, name)
        if value:
            line = card.add({"phone": "tel"}.get(name, name))
            line.value = value
            if name != "title":
                line.type_param = "WORK"
    return str(card.serialize())


def read_cards(path: Path) -> list[Person]:
    """Return the people of a file. Raises KamctlError for one that holds no cards."""
    vobject = library()
    text = _text(path)
    people: list[Person] = []
    for found in CARD.finditer(text):
        if len(people) == MAX_CARDS:
            raise KamctlError(
                Phrase("{name}: more than {most} cards", name=path.name, most=MAX_CARDS),
                Phrase("export fewer at a time"),
                1,
            )
        people.append(_person(vobject, found[0], text.count("\n", 0, found.start()) + 1))
    if not people:
        raise KamctlError(
            Phrase("{name} holds no vCard", name=path.name),
            Phrase("a card begins with BEGIN:VCARD and ends with END:VCARD"),
            1,
        )
    return people


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_FILE else b""
    except OSError as error:
        raise KamctlError(Phrase("{path} cannot be read: {why}", path=path, why=why(error))) from None
    if size > MAX_FILE:
        raise KamctlError(
            Phrase("{name} is larger than {size} MB", name=path.name, size=MAX_FILE // 1024 // 1024),
            Phrase("export fewer at a time"),
            1,
        )
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise KamctlError(
        Phrase("{name} is no text in UTF-8, GB18030 or Big5", name=path.name), Phrase("export it again as UTF-8"), 1
    )


def _person(vobject: ModuleType, text: str, line: int) -> Person:
    """Return what one card says."""
    old = re.search(r"^VERSION:2\.1", text, re.MULTILINE | re.IGNORECASE) is not None
    try:
        card = next(vobject.readComponents(text + "\n", ignoreUnreadable=True, allowQP=old))
        values = dict(_values(card))
    except Exception as error:  # vobject raises whatever the code that it trips over does
        return Person(line, "", "", "", "", "", "", "", str(error) or type(error).__name__)
    organisation = values.get("org", "").split("\n")
    company, department = (*organisation, "")[:2]
    name = values.get("fn") or values.get("n", "")
    title, phone, email = (values.get(key, "") for key in ("title", "tel", "email"))
    return Person(line, values.get(ID, ""), name, title, department, company, phone, email)


def _values(card: Any) -> Iterator[tuple[str, str]]:
    """Yield the properties of a card that matter; of several the best."""
    for name in ("fn", "n", "org", "title", ID):
        lines = card.contents.get(name, [])
        if lines:
            yield name, _text_of(lines[0].value)
    for name in ("tel", "email"):
        lines = card.contents.get(name, [])
        if lines:
            best = min(lines, key=_rank)
            yield name, re.sub(r"^(tel|mailto):|;ext=.*$", "", _text_of(best.value), flags=re.IGNORECASE)


def _rank(line: Any) -> int:
    types = {word.strip().casefold() for value in line.params.get("TYPE", []) for word in value.split(",")}
    types |= {word.casefold() for word in getattr(line, "singletonparams", [])}
    types |= {"pref"} if "PREF" in line.params else set()
    if "fax" in types:
        return len(BEST) + 1
    return next((place for place, word in enumerate(BEST) if word in types), len(BEST))


def _text_of(value: Any) -> str:
    """Return a value as text; the parts of an organisation one a line, those of a name in the order people say."""
    if isinstance(value, list):
        return "\n".join(kept_text(str(part)) for part in value)
    if hasattr(value, "given"):
        family, given = (kept_text(_joined(part)) for part in (value.family, value.given))
        latin = (family + given).isascii()
        return f"{given} {family}".strip() if latin else f"{family}{given}"
    return kept_text(str(value))


def _joined(part: Any) -> str:
    return " ".join(part) if isinstance(part, list) else str(part)
