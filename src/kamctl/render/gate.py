"""A gate on screen: what is met, by what and since when, and what is missing."""

from __future__ import annotations

from typing import Any

from kamctl.labels import pick, text
from kamctl.render.page import field_label
from kamctl.render.screen import Screen
from kamctl.render.table import json_value
from kamctl.render.width import wrap
from kamctl.schema.method.process import Stage
from kamctl.scoring.gates import Gate, GateItem
from kamctl.visible import one_line


def gate_text(gate: Gate, screen: Screen, lang: str) -> str:
    """Return a gate as lines: `✓` met, `✗` missing."""
    source = _name(gate.source, lang)
    met = len(gate.items) - len(gate.missing)
    move = f" ({text(f'move-{gate.move}', lang)})" if gate.move else ""
    head = text("gate-head", lang, source=source, target=_name(gate.target, lang), met=met, count=len(gate.items))
    lines = _head(head + move, screen)
    lines += [line for item in gate.items for line in _item(item, screen, lang)]
    if not gate.items:
        lines.append(screen.style(text("gate-nothing", lang), "dim"))
    return "\n".join(lines) + "\n"


def gate_summary(gate: Gate, screen: Screen, lang: str) -> list[str]:
    """Return a gate in a few lines: how many criteria are met, and which are missing."""
    met = len(gate.items) - len(gate.missing)
    values = {"source": _name(gate.source, lang), "target": _name(gate.target, lang)}
    lines = _head(text("gate-head", lang, met=met, count=len(gate.items), **values), screen)
    return lines + [line for item in gate.missing for line in _item(item, screen, lang)]


def gate_data(gate: Gate, lang: str) -> dict[str, Any]:
    """Return a gate as plain JSON values."""
    return {
        "from": gate.source.code if gate.source else None,
        "to": gate.target.code,
        "move": gate.move or None,
        "met": len(gate.items) - len(gate.missing),
        "missing": [item.id for item in gate.missing],
        "items": [
            {
                "id": item.id,
                "label": _label(item, lang),
                "stage": item.stage,
                "field": item.field or None,
                "met": item.met,
                "evidence": item.evidence or None,
                "since": json_value(item.since),
            }
            for item in gate.items
        ],
    }


def _head(words: str, screen: Screen) -> list[str]:
    return [screen.style(line, "bold") for line in wrap(one_line(words), screen.width)]


def _item(item: GateItem, screen: Screen, lang: str) -> list[str]:
    sign = screen.style("✓", "green") if item.met else screen.style("✗", "red")
    by = item.evidence or (text("gate-field", lang, field=item.field) if item.field else "")
    if not item.met:
        by = by or text("gate-evidence", lang, id=item.id)
    since = f", {item.since}" if item.since else ""
    first, *rest = wrap(one_line(f"{_label(item, lang)} — {by}{since}"), screen.width - 4)
    return [f"  {sign} {first}", *(f"    {line}" for line in rest)]


def _label(item: GateItem, lang: str) -> str:
    return pick(item.label, lang) if item.label is not None else field_label(item.field.rpartition(".")[2], lang)


def _name(stage: Stage | None, lang: str) -> str:
    return f"{stage.code} {pick(stage.label, lang)}" if stage is not None else "?"
