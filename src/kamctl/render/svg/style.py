"""The styles of pictures: one table of classes, with colours for light and for dark.

Colours are written into the classes and not into custom properties, which programs other than browsers do not know.
Paper is always light. No meaning hangs on a colour: signs, shapes, patterns and dashes say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

FONT = (
    '"Helvetica Neue","Segoe UI",Roboto,"Noto Sans",Arial,"PingFang SC","Hiragino Sans GB","Microsoft YaHei",'
    '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","WenQuanYi Micro Hei","PingFang TC","Microsoft JhengHei",'
    "sans-serif"
)


class Rule(NamedTuple):
    """One class: what always holds, and the colours on a light and on a dark page."""

    name: str
    always: str
    light: str
    dark: str


PAGE, INK, SOFT, RULE = ("#fff", "#14191b"), ("#1b2225", "#e4e9ea"), ("#566166", "#a3aeb2"), ("#d9dfe1", "#31393c")
LINE, ACCENT = ("#8b969b", "#6b767a"), ("#0b5a63", "#7fcbd1")
GOOD, BAD, POWER = ("#1d7259", "#5cc7a0"), ("#b23c22", "#ff9a7f"), ("#4a4aa5", "#aeb1ff")
GOLD, GOLD_TINT, STEEL, STEEL_TINT = (
    ("#a87718", "#d6b062"),
    ("#fbf1da", "#352c18"),
    ("#78949b", "#6f8b93"),
    (
        "#e9f1f3",
        "#20292d",
    ),
)
CARD = ("#fff", "#1b2225")
GOOD_TINT, BAD_TINT = ("#dff0e9", "#1c3a30"), ("#fae4dd", "#45241b")


def _rule(name: str, always: str, **colours: tuple[str, str]) -> Rule:
    light, dark = (
        ";".join(f"{key.replace('_', '-')}:{pair[mode]}" for key, pair in colours.items()) for mode in (0, 1)
    )
    return Rule(name, always, light, dark)


RULES = (
    _rule("page", "", fill=PAGE),
    _rule("h", "font-size:20px;font-weight:600", fill=INK),
    _rule("kind", "font-size:13px", fill=ACCENT),
    _rule("t", "font-size:12px", fill=INK),
    _rule("s", "font-size:12px", fill=SOFT),
    _rule("n", "font-size:15px;font-weight:600", fill=INK),
    _rule("b", "font-size:12px;font-weight:600", fill=INK),
    _rule("good-t", "font-size:12px;font-weight:600", fill=GOOD),
    _rule("bad-t", "font-size:12px;font-weight:600", fill=BAD),
    _rule("accent-t", "font-size:12px;font-weight:600", fill=ACCENT),
    _rule("rule", "fill:none;stroke-width:1", stroke=RULE),
    _rule("axis", "fill:none;stroke-width:1", stroke=LINE),
    _rule("dots", "fill:none;stroke-width:1;stroke-dasharray:1 4;stroke-linecap:round", stroke=LINE),
    _rule("org", "fill:none;stroke-width:1.5", stroke=LINE),
    _rule("card", "stroke-width:1.25", fill=CARD, stroke=LINE),
    _rule("away", "stroke-width:1.25;stroke-dasharray:5 4", fill=CARD, stroke=LINE),
    _rule("ring-in", "stroke-width:2", fill=GOLD_TINT, stroke=GOLD),
    _rule("ring-mid", "stroke-width:1.5;stroke-dasharray:6 3", fill=STEEL_TINT, stroke=STEEL),
    _rule("good", "stroke-width:1.5", fill=GOOD, stroke=GOOD),
    _rule("bad", "stroke-width:1.5", fill=BAD, stroke=BAD),
    _rule("plain", "stroke-width:1.5", fill=CARD, stroke=SOFT),
    _rule("open", "stroke-width:1.5;stroke-dasharray:3 3", fill=CARD, stroke=SOFT),
    _rule("good-sign", "font-size:17px;font-weight:700", fill=CARD),
    _rule("bad-sign", "font-size:17px;font-weight:700", fill=CARD),
    _rule("plain-sign", "font-size:17px;font-weight:700", fill=INK),
    _rule("chip", "stroke-width:1.25", fill=CARD, stroke=SOFT),
    _rule("chip-key", "stroke-width:1.25", fill=INK, stroke=INK),
    _rule("chip-t", "font-size:12px;font-weight:600", fill=INK),
    _rule("chip-key-t", "font-size:12px;font-weight:600", fill=CARD),
    _rule("on", "stroke-width:1", fill=ACCENT, stroke=ACCENT),
    _rule("off", "fill:none;stroke-width:1", stroke=LINE),
    _rule("edge", "fill:none;stroke-width:7;stroke-linejoin:round", stroke=PAGE),
    _rule("strong", "fill:none;stroke-width:3;stroke-linejoin:round", stroke=POWER),
    _rule("weak", "fill:none;stroke-width:1.75;stroke-dasharray:6 4;stroke-linejoin:round", stroke=POWER),
    _rule("head", "", fill=POWER),
    _rule("hatch-bad", "fill:none;stroke-width:1.5", stroke=BAD),
    _rule("tint-good", "stroke-width:1", fill=GOOD_TINT, stroke=GOOD),
    _rule("tint-bad", "stroke-width:1", fill=BAD_TINT, stroke=BAD),
    _rule("tint", "stroke-width:1", fill=STEEL_TINT, stroke=STEEL),
    _rule("blank", "stroke-width:1;stroke-dasharray:2 3", fill=CARD, stroke=LINE),
    _rule("mark", "font-size:14px;font-weight:700", fill=INK),
    _rule("changed", "fill:none;stroke-width:2", stroke=INK),
    _rule("now", "fill:none;stroke-width:1.5", stroke=ACCENT),
    _rule("due", "fill:none;stroke-width:1.5;stroke-dasharray:6 4", stroke=POWER),
    _rule("late", "fill:none;stroke-width:2;stroke-dasharray:6 4", stroke=BAD),
    _rule("gate", "stroke-width:1.5", fill=CARD, stroke=INK),
)
"""All classes, by what they are for; a name stands in a picture with `kam-` before it."""


def style_sheet(body: str) -> Iterator[str]:
    """Yield the styles of the classes that a picture uses, light first."""
    rules = [rule for rule in RULES if f'"kam-{rule.name}"' in body]
    # in a block of its own: WeasyPrint takes a bare `height` for the picture's own, and loses its shape
    yield "<style>"
    yield "@media all{svg.kam{display:block;max-width:100%;height:auto}}"
    yield f"svg.kam text{{font-family:{FONT};font-variant-numeric:tabular-nums}}"
    for rule in rules:
        yield f".kam-{rule.name}{{{';'.join(filter(None, (rule.always, rule.light)))}}}"
    yield "@media screen and (prefers-color-scheme:dark){"
    for rule in rules:
        yield f".kam-{rule.name}{{{rule.dark}}}"
    yield "}"
    yield "@media print{svg.kam{min-width:0!important;max-height:245mm}}"
    yield "</style>"
