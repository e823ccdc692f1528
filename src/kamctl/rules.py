"""The rules that problems name: severity, message, hint and explanation of each, from rules.json."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kamctl import resources
from kamctl.labels import LANGUAGES, pick, said
from kamctl.phrases import Phrase, Ready, known
from kamctl.problems import Problem

SEVERITIES = ("note", "warning", "error")
"""From the least serious to the most."""

FROM_ELSEWHERE = ("detail", "reason")
"""Values that are in the words of the system or of libyaml."""


class Rule(NamedTuple):
    """One rule in one language. `message` and `hint` have gaps that a problem's values fill."""

    id: str
    severity: str
    title: str
    message: str
    hint: str
    why: str


class Gaps(dict[str, str]):
    """Values for a message; a gap without a value stays empty."""

    def __missing__(self, key: str) -> str:
        return ""


def ids() -> list[str]:
    """Return the ids of all rules, sorted."""
    return sorted(resources.table("rules"))


def rule(rule_id: str, lang: str) -> Rule:
    """Return one rule. Raises KeyError when there is none of that id."""
    entry = resources.table("rules")[rule_id]
    words = {key: pick(entry.get(key, {}), lang) for key in ("title", "message", "hint", "why")}
    return Rule(id=rule_id, severity=entry["severity"], **words)


def all_rules(lang: str) -> Iterator[Rule]:
    """Yield every rule in one language."""
    return (rule(rule_id, lang) for rule_id in ids())


def message(problem: Problem, lang: str) -> str:
    """Return what is wrong, in words."""
    values = Gaps(problem.values)
    values |= {name: said(known(values[name]), lang) for name in FROM_ELSEWHERE if name in values}
    return rule(problem.rule, lang).message.format_map(values)


def hint(problem: Problem, lang: str) -> str:
    """Return what to do about it, in words; empty when there is nothing to say."""
    suggestion = problem.values.get("suggestion")
    if suggestion:
        from kamctl.labels import text

        return text("did-you-mean", lang, word=suggestion)
    return rule(problem.rule, lang).hint.format_map(Gaps(problem.values)).strip()


def told(problem: Problem) -> Phrase:
    """Return what is wrong, for a reader of any language."""
    return Ready({lang: message(problem, lang) for lang in LANGUAGES})


def advice(problem: Problem) -> Phrase:
    """Return what to do about it, for a reader of any language; empty when there is nothing to say."""
    return Ready({lang: hint(problem, lang) for lang in LANGUAGES})


def severity(problem: Problem) -> str:
    """Return the severity of a problem's rule: error, warning or note."""
    entry: dict[str, str] = resources.table("rules")[problem.rule]
    return entry["severity"]


def is_error(problem: Problem) -> bool:
    """Whether a problem makes the data invalid."""
    return severity(problem) == "error"
