"""One-field edits of YAML text: only the characters that must change are replaced.

Every edit splices the text at the marks of a node, reads the result again and compares it with the data that
the edit should have given. When anything else changed the edit is refused and nothing is written. Comments,
order, quotes, blank lines, line ends and a byte order mark are therefore kept by construction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy

from kamctl import source
from kamctl.phrases import Phrase
from kamctl.problems import Keys
from kamctl.source import Data, Node

WIDTH = 100
SPECIAL = re.compile("[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")
FIRST_INDICATOR = re.compile(r"[\s,\[\]{}#&*!|>'\"%@`]|[-?:](?:\s|$)")
INNER_INDICATOR = re.compile(r":(?:\s|$)|[\s\u3000]#")
FLOW_INDICATOR = re.compile(r"[,\[\]{}]|^[-?:]|:(?:\?|$)")
ANCHOR_COMMENT = re.compile(r"[ \t]*&\S+([ \t]+#[^\r\n]*)")
BETWEEN_ITEMS = re.compile(r"(?:\s|#[^\r\n]*)*")
BLOCK_HEADER = re.compile(r"(?:&\S+[ \t]+)?[|>]([-+0-9]*)([ \t]+#[^\r\n]*)?")
OTHER_READERS = re.compile(
    r"(?i:true|false|yes|no|on|off|y|n|null|~)|[-+]?0[0-9_]+|0[xo].*|[-+]?[0-9][0-9_]*(:[0-9.]+)+"
    r"|[-+]?([0-9]+\.?|\.)[0-9_]*[eE][-+]?[0-9]+|[-+]?\.(?i:inf|nan)|\+[0-9.]+|<<|[=+]|---|\.\.\."
)


class EditRefused(Exception):
    """The edit would change more than was asked, or has no place to go. `message` says which."""

    def __init__(self, message: Phrase) -> None:
        super().__init__(message)
        self.message = message


class Plain(str):
    """Text that is written without quotes because its field is no text: `true`, `60%`."""

    __slots__ = ()


class Block(dict[str, "Data"]):
    """A mapping that is written as a block even where it would fit on one line."""


def set_value(text: str, keys: Keys, value: Data, order: Sequence[str] = ()) -> str:
    """Return the text with one value set, added where it is absent.

    `order` is the customary order of the keys of the mapping that a new key goes into; the new key follows the
    last of its predecessors that is there. A list position equal to the length of the list appends. Raises
    EditRefused when the way to the value leads through text, an alias, or a position that is not there.
    """
    before = source.read(text)
    expected = with_value(before, keys, value)
    if before == expected:
        return text
    for quoted in (False, True):
        after = Splice(text, quoted).set_value(keys, value, order)
        if reads_as(after, expected):
            return after
    raise EditRefused(Phrase("setting {key} would change other parts of the file", key=dotted(keys)))


def append(text: str, keys: Keys, item: Data, order: Sequence[str] = ()) -> str:
    """Return the text with an item added to the end of a list, in the style of the items above it."""
    there = _get(source.read(text), keys)
    if there is not None and not isinstance(there, list):
        raise EditRefused(Phrase("{key} is not a list", key=dotted(keys)))
    return set_value(text, (*keys, len(there or [])), item, order)


def remove(text: str, keys: Keys) -> str:
    """Return the text without one key or list item. Raises EditRefused when it is not there."""
    before = source.read(text)
    after = Splice(text, False).remove(keys)
    if not reads_as(after, _without(before, keys)):
        raise EditRefused(Phrase("removing {key} would change other parts of the file", key=dotted(keys)))
    return after


def rename_key(text: str, keys: Keys, name: str) -> str:
    """Return the text with another name for one key. Raises EditRefused when that is there already, or the key not."""
    before = source.read(text)
    if name in _mapping_at(before, keys[:-1]):
        raise EditRefused(Phrase("{key} is there already", key=dotted((*keys[:-1], name))))
    after = Splice(text, False).rename_key(keys, name)
    if not reads_as(after, _with_key(before, keys, name)):
        raise EditRefused(Phrase("renaming {key} would change other parts of the file", key=dotted(keys)))
    return after


def dotted(keys: Keys) -> str:
    """Write a place the way people type it: `stage_history.0.date`."""
    return ".".join(str(key) for key in keys)


def scalar(value: str, style: str = "", *, flow: bool = False) -> str:
    """Write text as one YAML scalar on one line, plain where every reader takes it as text, else quoted."""
    if isinstance(value, Plain):
        return str(value)
    if style == "'" and not SPECIAL.search(value):
        return "'" + value.replace("'", "''") + "'"
    if style == "" and _is_plain(value, flow):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def _is_plain(value: str, flow: bool) -> bool:
    return not (
        value == ""
        or value[-1] in " \u3000"
        or SPECIAL.search(value)
        or FIRST_INDICATOR.match(value)
        or value in source.EMPTY
        or INNER_INDICATOR.search(value)
        or OTHER_READERS.fullmatch(value)
        or (flow and FLOW_INDICATOR.search(value))
    )


def flow_text(value: Data, quoted: bool = False) -> str:
    """Write a value on one line: `{date: 2026-01-12, stage: L}`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(k, flow=True)}: {flow_text(v, quoted)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow_text(item, quoted) for item in value) + "]"
    if value is None:
        return "null"
    return scalar(value, '"' if quoted else "", flow=True)


def block_lines(value: Data, indent: int, quoted: bool = False) -> list[str]:
    """Write a mapping or list as block lines, `indent` spaces in; short mappings of text stand on one line."""
    pad = " " * indent
    lines: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            first, *rest = _entry(item, indent, quoted)
            lines += [f"{pad}{scalar(key)}:{first}", *rest]
    elif isinstance(value, list):
        for item in value:
            lines += _item(item, indent, quoted)
    return lines


def _entry(value: Data, indent: int, quoted: bool) -> list[str]:
    """Return what stands after `key:`, then the lines below it."""
    if value is None:
        return [""]
    if isinstance(value, str):
        literal = None if quoted else _literal(value, indent + 2)
        return literal or [" " + scalar(value, '"' if quoted else "")]
    if _fits_flow(value, indent) and not isinstance(value, Block):
        return [" " + flow_text(value, quoted)]
    return ["", *block_lines(value, indent + 2, quoted)]


def _item(value: Data, indent: int, quoted: bool) -> list[str]:
    pad = " " * indent
    if isinstance(value, str) or _fits_flow(value, indent):
        return [f"{pad}- {scalar(value) if isinstance(value, str) and not quoted else flow_text(value, quoted)}"]
    first, *rest = block_lines(value, indent + 2, quoted)
    return [f"{pad}- {first.lstrip()}", *rest]


def _fits_flow(value: Data, indent: int) -> bool:
    if not value:
        return True
    items = value.values() if isinstance(value, dict) else value
    return all(isinstance(item, str) for item in items) and len(flow_text(value)) + indent <= WIDTH - 20


def _literal(value: str, indent: int) -> list[str] | None:
    """Write text of several lines as a `|` block; None when it has one line or a block cannot hold it."""
    body = value.rstrip("\n")
    endings = len(value) - len(body)
    if "\n" not in body or body[0] in " \n\t" or SPECIAL.search(value.replace("\n", "").replace("\t", "")):
        return None
    if endings > 1:
        return None
    pad = " " * indent
    return [" |" if endings else " |-", *(pad + line if line else "" for line in body.split("\n"))]


class Splice:
    """One text with its nodes, and the edits of it."""

    def __init__(self, text: str, quoted: bool) -> None:
        self.text = text
        self.quoted = quoted
        self.root = source.compose(text)
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def set_value(self, keys: Keys, value: Data, order: Sequence[str]) -> str:
        """Return the text with one value set."""
        name, node, followed = source.find(self.root, keys)
        missing = keys[followed:]
        if node is not None and not missing:
            return self._replace(name, node, value)
        value = _wrap(missing[1:], value)
        if node is None:
            return self._insert_lines(len(self.text), block_lines(_pair(missing[0], value), 0, self.quoted))
        if node.kind == "scalar" and node.value is None:
            return self._replace(name, node, _pair(missing[0], value))
        if node.kind == "mapping":
            return self._add_entry(name, node, str(missing[0]), value, order)
        if node.kind == "sequence":
            return self._add_item(name, node, value)
        if node.kind == "alias":
            raise EditRefused(Phrase("{key} is an alias", key=dotted(keys[:followed])))
        raise EditRefused(Phrase("{key} is text", key=dotted(keys[:followed])))

    def remove(self, keys: Keys) -> str:
        """Return the text without one key or list item."""
        name, node, followed = source.find(self.root, keys)
        if not keys or node is None or followed < len(keys):
            raise EditRefused(Phrase("{key} is not there", key=dotted(keys)))
        parent_name, parent, _ = source.find(self.root, keys[:-1])
        assert parent is not None
        if len(parent.items) == 1 and (parent_name is not None or parent.style == "flow"):
            return self._replace(parent_name, parent, {} if parent.kind == "mapping" else [])
        starts = [n.start for n in parent.names] or [item.start for item in parent.items]
        position = next(i for i, item in enumerate(parent.items) if item is node)
        if parent.style == "flow":
            return self._remove_in_flow(parent, starts, position)
        start = name.start if name is not None else self.dash(parent, position)
        line_start = self.line_start(start)
        if self.text[line_start:start].strip(" "):
            if position + 1 == len(starts):
                raise EditRefused(Phrase("{key} is the only entry of a list item; remove the item", key=dotted(keys)))
            next_start = starts[position + 1] if name is not None else self.dash(parent, position + 1)
            comment = self.text.find("#", self.line_end(self.end(node)), next_start)
            return self._cut(start, comment if comment >= 0 else next_start)
        return self._cut(line_start, self.line_end(self.end(node)))

    def rename_key(self, keys: Keys, new: str) -> str:
        """Return the text with another name for one key."""
        name, _, followed = source.find(self.root, keys)
        if name is None or followed < len(keys):
            raise EditRefused(Phrase("{key} is not there", key=dotted(keys)))
        style = name.style if name.style in ("'", '"') else ""
        written = scalar(new, style, flow=self._inside_flow(name))
        return self.text[: name.start] + written + self.text[name.end :]

    def _remove_in_flow(self, parent: Node, starts: list[int], position: int) -> str:
        start, end = starts[position], self.end(parent.items[position])
        before = self.end(parent.items[position - 1]) if position else start
        after = starts[position + 1] if position + 1 < len(starts) else end
        if "#" not in self.text[before:start] + self.text[end:after]:
            return self._cut(start, after) if after > end else self._cut(before, end)
        comma = re.compile(r"\s*,").match(self.text, end)
        return self._cut(start, comma.end() if comma else end)

    def _replace(self, name: Node | None, node: Node, value: Data) -> str:
        in_flow = self._inside_flow(node)
        if isinstance(value, str) and node.kind == "scalar":
            return self._replace_scalar(name, node, value, in_flow)
        if in_flow or node.style == "flow" or isinstance(value, str) or _fits_flow(value, 0):
            written = self._one_line(value, in_flow)
            return self._put(name, node, written)
        if name is None:
            raise EditRefused(Phrase("a list item cannot be replaced by a longer one; edit its fields"))
        indent = self._column(name) + 2
        lines = self.newline.join(block_lines(value, indent, self.quoted))
        after_name = self.text.index(":", name.end) + 1
        end = max(after_name, self.end(node))
        comment = self._comment_after(node)
        head = self.text[:after_name] + self._below_key(after_name, node) + comment
        return head + self.newline + lines + self.text[end + len(comment) :]

    def _replace_scalar(self, name: Node | None, node: Node, value: str, in_flow: bool) -> str:
        style = node.style if node.style in ("'", '"') and node.value is not None else ""
        literal = None
        if not in_flow and name is not None and not self.quoted:
            literal = _literal(value, self._column(name) + 2)
        comment = self._header_comment(node)
        if literal is not None and self._comment_after(node) == "":
            lines = self.newline.join([literal[0].lstrip(" ") + comment, *literal[1:]])
            return self._put(name, node, lines)
        return self._put(name, node, scalar(value, '"' if self.quoted else style, flow=in_flow) + comment)

    def _one_line(self, value: Data, in_flow: bool) -> str:
        if isinstance(value, str):
            return scalar(value, '"' if self.quoted else "", flow=in_flow)
        return flow_text(value, self.quoted)

    def _put(self, name: Node | None, node: Node, written: str) -> str:
        start, end = node.start, self.end(node)
        if node.kind in ("mapping", "sequence") and node.style == "block" and name is not None:
            start = self.text.index(":", name.end) + 1
            written += self._below_key(start, node)
        if start and self.text[start - 1] in ":-,":
            written = " " + written
        return self.text[:start] + written + self.text[max(start, end) :]

    def _add_entry(self, name: Node | None, node: Node, key: str, value: Data, order: Sequence[str]) -> str:
        if node.style == "flow":
            return self._add_in_flow(node, f"{scalar(key, flow=True)}: {self._one_line(value, True)}")
        indent = self._column(node.names[0])
        lines = block_lines({key: value}, indent, self.quoted)
        present = [item.value or "" for item in node.names]
        position = len(present) - 1
        if key in order:
            earlier = set(order[: list(order).index(key)])
            position = max((i for i, there in enumerate(present) if there in earlier), default=position)
        return self._insert_lines(self.line_end(self.end(node.items[position])), lines)

    def _add_item(self, name: Node | None, node: Node, value: Data) -> str:
        if node.style == "flow":
            return self._add_in_flow(node, self._one_line(value, True))
        last = node.items[-1]
        dash = self.dash(node, len(node.items) - 1)
        indent = dash - self.line_start(dash)
        if self.text[self.line_start(dash) : dash].strip(" "):
            raise EditRefused(Phrase("this list stands inside another list on one line"))
        if value and isinstance(value, dict) and last.kind == "mapping":
            written = flow_text(value, self.quoted)
            if last.style == "block":
                first, *rest = block_lines(value, indent + 2, self.quoted)
                lines = [f"{' ' * indent}- {first.lstrip()}", *rest]
            else:
                lines = [f"{' ' * indent}- {written}"]
        else:
            lines = _item(value, indent, self.quoted)
        return self._insert_lines(self.line_end(self.end(last)), lines)

    def _add_in_flow(self, node: Node, written: str) -> str:
        close = node.end - 1
        if not node.items:
            return self.text[: node.start + 1] + written + self.text[close:]
        last = self.end(node.items[-1])
        comma = self.text.find(",", last, close)
        if comma >= 0:
            return self.text[: comma + 1] + " " + written + self.text[comma + 1 :]
        return self.text[:last] + ", " + written + self.text[last:]

    def _insert_lines(self, at: int, lines: list[str]) -> str:
        before = self.text[:at]
        if before and not before.endswith(("\n", "\r")):
            before += self.newline
        return before + self.newline.join(lines) + self.newline + self.text[at:]

    def _cut(self, start: int, end: int) -> str:
        return self.text[:start] + self.text[end:]

    def end(self, node: Node) -> int:
        """Return where the last visible character of a node ends; libyaml's marks run on into blank lines."""
        if node.style == "block":
            return self.end(node.items[-1])
        stop = node.end
        header = BLOCK_HEADER.match(self.text, node.start) if node.style in ("|", ">") else None
        if header and "+" in header[1]:
            return node.start + len(self.text[node.start : stop].removesuffix("\n").removesuffix("\r"))
        while stop > node.start and self.text[stop - 1] in " \t\r\n":
            stop -= 1
        return stop

    def line_start(self, index: int) -> int:
        """Return where the line of a character begins."""
        return max(self.text.rfind("\n", 0, index), self.text.rfind("\r", 0, index)) + 1

    def line_end(self, index: int) -> int:
        """Return where the line after that of a character begins."""
        found = re.compile(r"\r\n|\r|\n").search(self.text, index)
        return found.end() if found else len(self.text)

    def _column(self, node: Node) -> int:
        return node.start - self.line_start(node.start)

    def dash(self, node: Node, position: int) -> int:
        """Return where the dash of a list item stands."""
        before = self.end(node.items[position - 1]) if position else node.start
        anchor = re.compile(r"&\S+").match(self.text, before)
        found = BETWEEN_ITEMS.match(self.text, anchor.end() if anchor else before)
        return found.end() if found else before

    def _below_key(self, after_colon: int, node: Node) -> str:
        """Return the comments between the colon of a key and the lines below that hold its value."""
        between = self.text[after_colon : max(after_colon, self.line_start(node.start))]
        if between:
            return between.rstrip()
        found = ANCHOR_COMMENT.match(self.text, after_colon)
        return found[1] if found else ""

    def _header_comment(self, node: Node) -> str:
        """Return the comment behind the `|` or `>` of a block scalar."""
        found = BLOCK_HEADER.match(self.text, node.start) if node.style in ("|", ">") else None
        return (found[2] or "") if found else ""

    def _comment_after(self, node: Node) -> str:
        end = self.end(node)
        rest = self.text[end : self.line_end(end)].rstrip("\r\n")
        return rest if node.kind == "scalar" and rest.lstrip().startswith("#") else ""

    def _inside_flow(self, node: Node) -> bool:
        here: Node | None = self.root
        while here is not None and here is not node:
            if here.style == "flow":
                return True
            here = next((item for item in here.items if item.start <= node.start and node.end <= item.end), None)
        return False


def reads_as(text: str, expected: Data) -> bool:
    """Whether a text can be read and says what is expected."""
    try:
        return source.read(text) == expected
    except source.SourceError:
        return False


def _pair(key: str | int, value: Data) -> Data:
    return [value] if isinstance(key, int) else {key: value}


def _wrap(keys: Keys, value: Data) -> Data:
    for key in reversed(keys):
        value = _pair(key, value)
    return value


def _get(data: Data, keys: Keys) -> Data:
    for key in keys:
        if isinstance(data, dict):
            data = data.get(str(key))
        elif isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        else:
            return None
    return data


def with_value(data: Data, keys: Keys, value: Data) -> Data:
    """Return the data with one value set, sharing nothing with the old. Raises EditRefused."""
    if not keys:
        return deepcopy(value)
    key, rest = keys[0], keys[1:]
    if data is None:
        data = [] if isinstance(key, int) else {}
    if isinstance(data, dict):
        return {**deepcopy(data), str(key): with_value(data.get(str(key)), rest, value)}
    if isinstance(data, list) and isinstance(key, int) and 0 <= key <= len(data):
        return [*data[:key], with_value(data[key] if key < len(data) else None, rest, value), *data[key + 1 :]]
    if isinstance(data, list):
        raise EditRefused(
            Phrase("there is no item {key}; the list has {count}, numbered from 0", key=key, count=len(data))
        )
    raise EditRefused(Phrase("there is text where {key} should stand", key=key))


def _without(data: Data, keys: Keys) -> Data:
    key, rest = keys[0], keys[1:]
    if isinstance(data, dict):
        if rest:
            return {**data, str(key): _without(data.get(str(key)), rest)}
        return {name: item for name, item in data.items() if name != str(key)}
    if isinstance(data, list) and isinstance(key, int):
        if rest:
            return [*data[:key], _without(data[key], rest), *data[key + 1 :]]
        return [item for position, item in enumerate(data) if position != key]
    raise EditRefused(Phrase("{key} is not there", key=key))


def _mapping_at(data: Data, keys: Keys) -> dict[str, Data]:
    there = _get(data, keys)
    return there if isinstance(there, dict) else {}


def _with_key(data: Data, keys: Keys, name: str) -> Data:
    """Return the data with another name for one key, in its place."""
    there = _mapping_at(data, keys[:-1])
    renamed: Data = {name if key == keys[-1] else key: value for key, value in there.items()}
    return with_value(data, keys[:-1], renamed)
