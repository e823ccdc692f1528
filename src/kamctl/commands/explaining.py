"""What `rule` does."""

from __future__ import annotations

from kamctl import rules
from kamctl.commands.session import Session
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.render.output import print_json, print_table
from kamctl.render.screen import write
from kamctl.render.table import Column, Table
from kamctl.render.width import wrap


def explain(run: Session, name: str) -> None:
    """Print what a rule is for and how to mend what it reports. Raises KamctlError when there is none."""
    if name not in rules.ids():
        raise KamctlError(
            Phrase('there is no rule "{name}"', name=name),
            nearest(name, rules.ids(), Phrase("`kamctl rule` lists them")),
        )
    run.style.check(("table", "json"))
    rule, screen = rules.rule(name, run.lang), run.style.screen
    if run.options.format == "json":
        print_json(rule._asdict(), run.style, run.envelope())
        return
    severity = run.label(f"severity-{rule.severity}")
    head = f"{screen.style(rule.id, 'bold')} ({screen.style(severity, rule.severity)}): {rule.title}"
    lines = [head, "", *wrap(rule.why, screen.width)]
    if rule.hint and "{" not in rule.hint:
        lines += ["", *wrap(f"{run.label('hint')}{run.label('colon')}{rule.hint}", screen.width)]
    write("\n".join(lines))


def list_rules(run: Session) -> None:
    """Print every rule with its severity and title."""
    columns = [
        Column("id", run.label("col-rule")),
        Column("severity", run.label("col-severity"), lambda severity: run.label(f"severity-{severity}")),
        Column("title", run.label("col-rule-title"), shrink=20),
    ]
    print_table(
        Table(columns, [[r.id, r.severity, r.title] for r in rules.all_rules(run.lang)]), run.style, run.envelope()
    )
