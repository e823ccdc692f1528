"""Writes YAML files the way many hands write them: every style, odd indentation, comments everywhere."""

from __future__ import annotations

import re
from random import Random

KEYS = ["a", "b", "name", "stage", "us", "2026-Q1", "名称", "需求", "x y", '"q: k"', "'it''s'", '"双"', "n.5", "no", "10"]
WORDS = [
    "x",
    "三号线",
    "10:30",
    "012",
    "no",
    "a#b",
    "http://x/y",
    "it's",
    'say "hi"',
    "two words",
    "60%",
    "200万 CNY",
    "-1",
    "管网 改造",
    "，全角。",
    "😀",
    "e\u0301",
]
COMMENT = re.compile(r"#注\d+;")


class Ugly:
    """One file in the making. Each comment holds a word of its own, which `COMMENT` finds."""

    def __init__(self, rng: Random, depth: int = 3) -> None:
        self.rng = rng
        self.depth = depth
        self.comments = 0
        self.named = 0
        self.anchors: list[str] = []
        self.newline = rng.choice(["\n", "\n", "\r\n"])

    def text(self) -> str:
        rng = self.rng
        lines = self.noise(0, 0.2)
        if self.chance(0.15):
            lines.append("---" + self.tail())
        lines += self.mapping(rng.choice([0, 0, 0, 0, 2]), self.depth)
        lines += self.noise(0, 0.3)
        if self.chance(0.05):
            lines.append("...")
        return self.newline.join(lines) + ("" if self.chance(0.2) else self.newline)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def comment(self) -> str:
        self.comments += 1
        return f"#注{self.comments};" + self.rng.choice(["", " 说明: [x]", " it's - {", " \"a: b"])

    def tail(self) -> str:
        """Spaces and perhaps a comment at the end of a line."""
        if self.chance(0.2):
            return self.rng.choice([" ", "  ", "\t", "   "]) + self.comment()
        return self.rng.choice(["", "", "", "", " ", "  "])

    def noise(self, indent: int, share: float) -> list[str]:
        """Blank lines and lines of comment, at any indentation."""
        lines = []
        while self.chance(share):
            blank = self.rng.choice(["", "", " " * self.rng.randint(0, 6)])
            at = self.rng.choice([indent, indent, 0, self.rng.randint(0, 9)])
            lines.append(blank if self.chance(0.5) else " " * at + self.comment())
        return lines

    def mapping(self, indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        pad = " " * indent
        for key in self.rng.sample(KEYS, self.rng.randint(1, 4)):
            if lines:
                lines += self.noise(indent, 0.2)
            if self.chance(0.02):
                first, rest = self.value(indent, depth, below_key=False)
                lines += [f"{pad}? {key}{self.tail()}", f"{pad}:{first}", *rest]
                continue
            first, rest = self.value(indent, depth, below_key=True)
            lines += [f"{pad}{key}{self.rng.choice(['', '', '', ' '])}:{first}", *rest]
        return lines

    def sequence(self, indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        pad = " " * indent
        for _ in range(self.rng.randint(1, 4)):
            if lines:
                lines += self.noise(indent, 0.2)
            if depth > 0 and self.chance(0.4):
                gap = self.rng.randint(1, 3)
                inner = indent + 1 + gap
                block = self.mapping(inner, depth - 1) if self.chance(0.75) else self.sequence(inner, depth - 1)
                if self.chance(0.8):
                    lines += [f"{pad}-{' ' * gap}{block[0][inner:]}", *block[1:]]
                else:
                    lines += [f"{pad}-{self.tail()}", *self.noise(indent, 0.1), *block]
                continue
            first, rest = self.value(indent, 0, below_key=False)
            lines += [f"{pad}-{first}", *rest]
        return lines

    def value(self, indent: int, depth: int, *, below_key: bool) -> tuple[str, list[str]]:
        """Return what follows `key:` or `-` on its line, and the lines below."""
        rng = self.rng
        anchor = ""
        if self.chance(0.05):
            self.named += 1
            anchor = f" &x{self.named}"
        if depth > 0 and self.chance(0.5):
            lists = self.chance(0.5)
            inner = indent + (rng.randint(0, 6) if lists and below_key else rng.randint(1, 6))
            block = self.sequence(inner, depth - 1) if lists else self.mapping(inner, depth - 1)
            self.declare(anchor)
            return anchor + self.tail(), [*self.noise(inner, 0.1), *block]
        kind = rng.random()
        if kind < 0.12 and self.anchors:
            return f" *{rng.choice(self.anchors)}" + self.tail(), []
        if kind < 0.22:
            return rng.choice([self.tail(), " ~" + self.tail(), " null" + self.tail()]), []
        if kind < 0.45:
            text = self.flow(2)
            self.declare(anchor)
            return anchor + " " + text + self.tail(), []
        if kind < 0.6:
            self.declare(anchor)
            return self.literal(anchor, indent)
        self.declare(anchor)
        gap = rng.choice([" ", " ", " ", "   "])
        if self.chance(0.1):
            pad = " " * (indent + rng.randint(1, 4))
            return anchor + self.tail(), [pad + self.word(False) + self.tail()]
        if self.chance(0.1):
            words = [rng.choice(["one", "二", "three 3"]) for _ in range(rng.randint(2, 3))]
            quote = rng.choice(["", "'", '"'])
            words[0], words[-1] = quote + words[0], words[-1] + quote
            pad = " " * (indent + rng.randint(1, 4))
            between = [""] if self.chance(0.2) else []
            rest = [*between, *(pad + word for word in words[1:])]
            rest[-1] += self.tail()
            return anchor + gap + words[0], rest
        return anchor + gap + self.word(False) + self.tail(), []

    def declare(self, anchor: str) -> None:
        if anchor:
            self.anchors.append(anchor[2:])

    def literal(self, anchor: str, indent: int) -> tuple[str, list[str]]:
        rng = self.rng
        inner = rng.randint(1, 4)
        sign = rng.choice(["|", ">"]) + rng.choice(["", "", "-", "+"])
        lines = [rng.choice(["第一行", "text: here", "# no comment", "- x", "", "  more"]) for _ in range(3)]
        lines[0] = rng.choice(["first", "首行: #x"])
        if self.chance(0.15):
            sign = sign[0] + str(inner) + sign[1:]
            lines[0] = "  lead"
        pad = " " * (indent + inner)
        return anchor + f" {sign}" + self.tail().replace("\t", " "), [pad + line if line else "" for line in lines]

    def word(self, in_flow: bool) -> str:
        word = self.rng.choice(WORDS)
        kind = self.rng.random()
        if kind < 0.2:
            return "'" + word.replace("'", "''") + "'"
        if kind < 0.4:
            return '"' + word.replace('"', '\\"') + self.rng.choice(["", "\\n", "\\u4e2d", " #x: [", "\\\\"]) + '"'
        return word

    def flow(self, depth: int) -> str:
        rng = self.rng
        items = []
        listed = self.chance(0.5)
        for key in rng.sample(KEYS, rng.randint(0, 3)):
            item = self.flow(depth - 1) if depth > 0 and self.chance(0.25) else self.word(True)
            if self.anchors and self.chance(0.05):
                item = f"*{rng.choice(self.anchors)} "
            items.append(item if listed else f"{key}: {item}" if self.chance(0.95) else f"{key}:")
        space = rng.choice(["", "", " "])
        comma = rng.choice([", ", ", ", ",  ", " , "])
        broken = self.chance(0.15)
        text = "".join(items[:1])
        for item in items[1:]:
            if broken:
                comma = "," + self.tail() + self.newline + " " * rng.randint(8, 20)
            text += comma + item
        if items and self.chance(0.1):
            text += rng.choice([",", " ,"])
        if self.chance(0.05):
            text += self.newline + " " * 20
        opening, closing = "[]" if listed else "{}"
        return opening + space + text + space + closing
