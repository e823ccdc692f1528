"""YAML text to plain data, strictly: what a person meant, or a clear error with its place.

The reader walks libyaml's events itself. Every plain scalar is text (`no`, `1:30`, `012` and `1e3` stay what
was typed; only an empty value, `~` and `null` mean nothing), because the schema, not the spelling, knows the
type of a field. Events, unlike libyaml-based loaders, never recurse in C, so hostile nesting cannot crash the
process: it is refused at the 65th level.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import yaml
from yaml._yaml import CParser

from kamctl.problems import Keys

Data = str | list["Data"] | dict[str, "Data"] | None

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_ALIASES = 100
MAX_ALIASED_NODES = 10_000
EMPTY = frozenset(("", "~", "null", "Null", "NULL"))
LINE_BREAK = re.compile(r"\r\n|\r|\n")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class SourceError(Exception):
    """Text that cannot be read. `rule` names an entry of rules.json; line and column count from 1."""

    def __init__(self, rule: str, line: int, column: int, **values: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.line = line
        self.column = column
        self.values = values


class Node(NamedTuple):
    """A value and where it stands: `text[start:end]`, in characters.

    `kind` is "scalar", "alias", "sequence" or "mapping". `value` is the text of a scalar (None when empty) or
    the name of an alias. `items` are the nodes of a sequence or the values of a mapping, whose key nodes are
    `names`. `style` is the quote or block character of a scalar ("" when plain), and "flow" or "block" for a
    collection.
    """

    kind: str
    start: int
    end: int
    style: str
    value: str | None = None
    items: tuple[Node, ...] = ()
    names: tuple[Node, ...] = ()


def decode(raw: bytes) -> str:
    """Return the text of a file, without its byte order mark.

    Raises SourceError when it is over 1 MiB, is not UTF-8 or holds control characters.
    """
    if len(raw) > MAX_BYTES:
        raise SourceError("file-too-large", 1, 1, size=f"{len(raw) / MAX_BYTES:.1f}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise SourceError("not-utf8", *place(before, len(before)), encoding=_guess_encoding(raw)) from None
    found = CONTROL.search(text)
    if found:
        raise SourceError("control-character", *place(text, found.start()), code=f"U+{ord(found[0]):04X}")
    return text


def read(text: str) -> dict[str, Data]:
    """Return the mapping that a YAML document holds: text, lists and mappings, nothing else.

    Keys and list items without a value are left out. Raises SourceError at the first thing that cannot be read.
    """
    data, blanks = read_with_blanks(text)
    return without_blanks(data) if blanks else data


def read_value(text: str, key: str) -> Data | None:
    """Return what a YAML document says under one of its outermost keys; None where it has none.

    Only the lines of that key are read where it begins a line, which is many times faster for a long document.
    Raises SourceError.
    """
    own = re.search(rf"^{re.escape(key)}:.*(?:\n[ \t].*|\n(?=[ \t\n]))*", text, re.MULTILINE)
    if own is not None:
        try:
            return read(own[0] + "\n").get(key)
        except SourceError:  # it leans on other lines: an alias, a quotation that goes on
            pass
    return read(text).get(key)


def read_with_blanks(text: str) -> tuple[dict[str, Data], bool]:
    """Return the same as `read` with None for keys and list items without a value, and whether there are any."""
    try:
        reader = _Reader(text)
        root = reader.document()
    except yaml.YAMLError as error:
        raise _explain(error, text) from None
    except UnicodeEncodeError as error:
        code = f"U+{ord(text[error.start]):04X}"
        raise SourceError("control-character", *place(text, error.start), code=code) from None
    if root is None:
        return {}, False
    if not isinstance(root, dict):
        raise _explain_no_mapping(text)
    return root, reader.blanks


def without_blanks(data: dict[str, Data]) -> dict[str, Data]:
    """Return data without the keys and list items that have no value, at any depth."""
    kept: dict[str, Data] = _kept(data)  # type: ignore[assignment]
    return kept


def _kept(data: Data) -> Data:
    if isinstance(data, dict):
        return {
            key: _kept(value) if type(value) is not str else value for key, value in data.items() if value is not None
        }
    if isinstance(data, list):
        return [_kept(value) if type(value) is not str else value for value in data if value is not None]
    return data


class _Reader:
    """Builds data from events. One pass, no recursion, nothing kept but the data."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.get_event: Callable[[], Any] = CParser(text).get_event
        self.anchors: dict[str, Data] = {}
        self.open_anchors: set[str] = set()
        self.aliases = 0
        self.aliased_nodes = 0
        self.blanks = False

    def document(self) -> Data:
        """Return the one document of the text; None when it is empty."""
        get_event = self.get_event
        get_event()
        if type(get_event()) is yaml.StreamEndEvent:
            return None
        root = self._value(get_event(), 0)
        get_event()
        extra = get_event()
        if type(extra) is not yaml.StreamEndEvent:
            raise self._error("several-documents", extra)
        return root

    def _value(self, event: Any, depth: int) -> Data:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self._scalar(event)
        if kind is yaml.AliasEvent:
            return self._alias(event)
        if depth >= MAX_DEPTH:
            raise self._error("too-deep", event, limit=str(MAX_DEPTH))
        if event.tag is not None:
            raise self._error("yaml-tag", event, tag=event.tag)
        anchor = event.anchor
        if anchor is not None:
            self.open_anchors.add(anchor)
        data = self._mapping(event, depth) if kind is yaml.MappingStartEvent else self._sequence(depth)
        if anchor is not None:
            self.open_anchors.discard(anchor)
            self.anchors[anchor] = data
        return data

    def _scalar(self, event: Any) -> str | None:
        value: str = event.value
        if event.implicit[0]:
            if "\u3000#" in value:
                raise self._error("full-width-space", event)
            if value in EMPTY:
                self.blanks = True
                value = None  # type: ignore[assignment]
        elif event.tag is not None:
            raise self._error("yaml-tag", event, tag=event.tag)
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        return value

    def _mapping(self, start: Any, depth: int) -> dict[str, Data]:
        get_event, scalar, scalar_event, end = self.get_event, self._scalar, yaml.ScalarEvent, yaml.MappingEndEvent
        data: dict[str, Data] = {}
        while True:
            event = get_event()
            kind = type(event)
            if kind is end:
                return data
            if kind is not scalar_event:
                raise self._error("key-not-text", event)
            key = scalar(event)
            if key is None or key in data or key == "<<":
                self._refuse_key(event, key, start, key in data)
            below = get_event()
            value = scalar(below) if type(below) is scalar_event else self._value(below, depth + 1)
            if value is None:
                self._refuse_glued(event)
            data[key] = value  # type: ignore[index]

    def _refuse_key(self, event: Any, key: str | None, start: Any, twice: bool) -> None:
        """Refuse a key that is empty, stands twice, or is the merge key; a quoted `"<<"` is a key like any other."""
        if key is None and self.text[start.start_mark.index] == "?":
            raise self._error("unquoted-mark", start, mark="?")
        if key is None:
            raise self._error("key-not-text", event)
        if key == "<<" and event.implicit[0]:
            raise self._error("merge-key", event)
        if twice:
            raise self._error("duplicate-key", event, key=key)

    def _refuse_glued(self, event: Any) -> None:
        """Refuse `{us:"+"}`: without a space after the colon all of it is a key, and what was meant would be lost."""
        for colon, rule in (("\uff1a", "full-width-colon"), (":", "missing-space")):
            position = event.value.find(colon)
            if position > 0 and event.implicit[0]:
                line, column = place(self.text, event.start_mark.index + position)
                raise SourceError(rule, line, column)

    def _sequence(self, depth: int) -> list[Data]:
        get_event = self.get_event
        data: list[Data] = []
        while True:
            event = get_event()
            if type(event) is yaml.SequenceEndEvent:
                return data
            data.append(self._value(event, depth + 1))

    def _alias(self, event: Any) -> Data:
        name = event.anchor
        if name in self.open_anchors:
            raise self._error("recursive-alias", event, alias=name)
        if name not in self.anchors:
            raise self._error("undefined-alias", event, alias=name)
        data = self.anchors[name]
        self.aliases += 1
        self.aliased_nodes += _size(data, MAX_ALIASED_NODES)
        if self.aliases > MAX_ALIASES or self.aliased_nodes > MAX_ALIASED_NODES:
            raise self._error("too-many-aliases", event, limit=str(MAX_ALIASES))
        return data

    def _error(self, rule: str, event: Any, **values: str) -> SourceError:
        line, column = place(self.text, event.start_mark.index)
        return SourceError(rule, line, column, **values)


def compose(text: str) -> Node | None:
    """Return the nodes of a text that `read` accepts, each with its span; None when it is empty."""
    get_event: Callable[[], Any] = CParser(text).get_event
    get_event()
    if type(get_event()) is yaml.StreamEndEvent:
        return None
    return _node(get_event(), get_event)


def _node(event: Any, get_event: Callable[[], Any]) -> Node:
    start = event.start_mark.index
    kind = type(event)
    if kind is yaml.ScalarEvent:
        empty = event.implicit[0] and event.value in EMPTY
        return Node("scalar", start, event.end_mark.index, event.style or "", None if empty else event.value)
    if kind is yaml.AliasEvent:
        return Node("alias", start, event.end_mark.index, "", event.anchor)
    children: list[Node] = []
    child = get_event()
    while type(child) not in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
        children.append(_node(child, get_event))
        child = get_event()
    if event.flow_style:
        style, end = "flow", child.end_mark.index
    else:
        style, end = "block", children[-1].end
    if kind is yaml.MappingStartEvent:
        return Node("mapping", start, end, style, None, tuple(children[1::2]), tuple(children[::2]))
    return Node("sequence", start, end, style, None, tuple(children))


def find(node: Node | None, keys: Keys) -> tuple[Node | None, Node | None, int]:
    """Follow `keys` from a node as far as they lead.

    Returns the key node and value node reached (the key node is None for list items and the root) and how
    many of the keys were followed. List positions count the items that are not empty, as `read` does.
    """
    name: Node | None = None
    for done, key in enumerate(keys):
        step = _child(node, key) if node is not None else None
        if step is None:
            return name, node, done
        name, node = step
    return name, node, len(keys)


def _child(node: Node, key: str | int) -> tuple[Node | None, Node] | None:
    if node.kind == "mapping":
        pairs = zip(node.names, node.items, strict=True)
        return next(((name, item) for name, item in pairs if name.value == str(key)), None)
    items = [item for item in node.items if item.kind != "scalar" or item.value is not None]
    if isinstance(key, int) and 0 <= key < len(items):
        return None, items[key]
    return None


def locate(text: str, keys: Keys, on_key: bool) -> tuple[int, int, int]:
    """Return line, column and width of a value, or of its key; of the nearest thing above when it is absent.

    Raises SourceError or yaml.YAMLError when the text cannot be read.
    """
    key_node, node, followed = find(compose(text), keys)
    if on_key or followed < len(keys):
        node = key_node or node
    if node is None:
        return 1, 1, 1
    end_of_line = text.find("\n", node.start)
    end = min(node.end, end_of_line if end_of_line >= 0 else len(text))
    return *place(text, node.start), max(1, end - node.start)


def place(text: str, index: int) -> tuple[int, int]:
    """Return the line and column of a character position, both from 1, lines as editors count them."""
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as editors count them."""
    return LINE_BREAK.split(text)


def _size(data: Data, limit: int) -> int:
    """Count the nodes of a value, shared ones as often as they stand, up to a little over `limit`."""
    stack, size = [data], 0
    while stack and size <= limit:
        item = stack.pop()
        size += 1
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return size


def _guess_encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "?"
    return "GB18030"


def _explain(error: yaml.YAMLError, text: str) -> SourceError:
    """Turn libyaml's error into the rule that a person can act on, at the line that caused it."""
    mark = getattr(error, "problem_mark", None)
    message = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    if mark is None:
        return SourceError("yaml-syntax", 1, 1, detail=message)
    line, column = place(text, mark.index)
    context = getattr(error, "context_mark", None)
    first = place(text, context.index)[0] if context is not None and "expected ':'" in message else line
    first -= "mapping values are not allowed" in message and line > 1
    slip = _first_slip(lines_of(text), first, line)
    if slip is not None:
        return slip
    here = text[mark.index : mark.index + 1]
    if here == "\t":
        return SourceError("yaml-tab", line, column)
    lone = _lone_mark(text, mark.index)
    if lone is not None:
        return SourceError("unquoted-mark", *place(text, lone), mark=text[lone])
    if "alias" in str(getattr(error, "context", "")) + message:
        start = text.rindex("*", 0, mark.index + 1)
        word = re.match(r"\*(\S*)", text[start:])
        return SourceError("undefined-alias", *place(text, start), alias=word[1] if word else "")
    return SourceError("yaml-syntax", line, column, detail=message)


FULL_WIDTH_COLON = re.compile(r"^\s*(?:- )?[^\s:：#\"'][^:：#\"']*(：)")
NO_SPACE_AFTER_COLON = re.compile(r"^\s*(?:- )?[A-Za-z_][\w-]*(:)[^ \t:/]")
LONE_MARK = re.compile(r"(?:[:,\[] +|- +)([-?])(?=\s*(?:[,\]}]|$))", re.MULTILINE)


def typing_slip(line: str) -> tuple[str, int] | None:
    """Return the rule and column of a colon that was meant to end a key and does not; None when there is none."""
    for rule, pattern in (("full-width-colon", FULL_WIDTH_COLON), ("missing-space", NO_SPACE_AFTER_COLON)):
        found = pattern.match(line)
        if found and ": " not in line[: found.start(1)]:
            wide = line[found.end(1) : found.end(1) + 1] == "\u3000"
            return "full-width-space" if wide else rule, found.start(1) + 1
    return None


def _first_slip(lines: list[str], first: int, last: int) -> SourceError | None:
    for number in range(first, last + 1):
        found = typing_slip(lines[number - 1]) if number <= len(lines) else None
        if found is not None:
            return SourceError(found[0], number, found[1])
    return None


def _lone_mark(text: str, index: int) -> int | None:
    """Return where an unquoted `-` or `?` stands as a value, on the line of `index` or the one above."""
    line_start = text.rfind("\n", 0, index) + 1
    start = text.rfind("\n", 0, max(0, line_start - 1)) + 1
    found = [m.start(1) for m in LONE_MARK.finditer(text, start, max(index + 1, text.find("\n", index)))]
    return found[-1] if found else None


def _explain_no_mapping(text: str) -> SourceError:
    lines = lines_of(text)
    slip = _first_slip(lines, 1, len(lines))
    first = next((n for n, line in enumerate(lines, 1) if line.strip() and line[0] != "#"), 1)
    return slip or SourceError("not-a-mapping", first, 1)
