"""What a person says on the command line of an import: columns, words, customers, owners, how cells are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kamctl.commands.selling import owner_keys
from kamctl.commands.session import Session
from kamctl.exchange.columns import Vocabulary
from kamctl.exchange.fields import BY_NAME, ORDERS, Words
from kamctl.exchange.typed import Option, fold
from kamctl.facts import Facts
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, choices, nearest
from kamctl.schema.profile import Profile

FORECASTS = ("closed", "commit", "best_case", "pipeline", "omitted")


@dataclass(frozen=True)
class Told:
    """What a person said on the command line."""

    profile: str
    columns: Sequence[str]
    values: Sequence[str]
    accounts: Sequence[str]
    owners: Sequence[str]
    dates: str
    decimal: str
    encoding: str


def pairs(texts: Sequence[str], option: str, form: str) -> dict[str, str]:
    """Return what options of the form NAME=VALUE say. Raises KamctlError for one without `=`."""
    found = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not equals or not name:
            raise KamctlError(
                Phrase('{option} "{text}" says nothing', option=option, text=text), Phrase("write {form}", form=form)
            )
        found[name.strip()] = value.strip()
    return found


def words_of(run: Session, profile: Profile, told: Told, vocabulary: Vocabulary) -> Words:
    """Return what cells are read by. Raises KamctlError for an order of dates or a sign that there is not."""
    if told.dates not in ("", *ORDERS):
        hint = nearest(told.dates, ORDERS, choices(ORDERS))
        raise KamctlError(Phrase('--dates: there is no order "{text}"', text=told.dates), hint)
    if told.decimal not in ("", ".", ","):
        raise KamctlError(Phrase('--decimal: "{text}" is no sign before decimals', text=told.decimal), Phrase(". or ,"))
    decided = {}
    for key, value in pairs(told.values, "--value", "FIELD:WORD=VALUE").items():
        name, colon, word = key.partition(":")
        if not colon:
            raise KamctlError(
                Phrase('--value "{key}={value}" says nothing', key=key, value=value), Phrase("write FIELD:WORD=VALUE")
            )
        decided[name.strip(), fold(word)] = value
    processes = [Option(name, {}) for name in vocabulary.stages]
    forecasts = [Option(name, {}) for name in FORECASTS]
    options = {**vocabulary.options, "process": processes, "forecast": forecasts}
    stages = [stage for known in vocabulary.stages.values() for stage in known]
    for (name, _), value in decided.items():
        _check_decided(name, value, {**options, "stage": stages})
    return Words(
        profile=profile,
        today=run.as_of,
        currency=vocabulary.currency,
        dates=told.dates or profile.dates or "",
        decimal=told.decimal or profile.decimal,
        options=options,
        decided=decided,
    )


def _check_decided(name: str, value: str, options: Mapping[str, Sequence[Option]]) -> None:
    """Raise KamctlError when there is no field, or no such value of a field that takes its values from a list."""
    if name not in BY_NAME:
        hint = nearest(name, [*BY_NAME], Phrase("fields: {names}", names=", ".join(BY_NAME)))
        raise KamctlError(Phrase('--value: there is no field "{name}"', name=name), hint)
    field = BY_NAME[name]
    known = [option.id for option in options.get(field.options or field.kind, ())]
    if known and value not in known:
        hint = nearest(value, known, choices(dict.fromkeys(known)))
        raise KamctlError(Phrase('--value: {name} cannot be "{value}"', name=name, value=value), hint)


def accounts_of(run: Session, told: Told) -> tuple[dict[str, str], bool]:
    """Return which accounts names mean, and whether names that are open are new."""
    said = pairs([text for text in told.accounts if text != "new"], "--account", "NAME=ID, NAME=new, or new")
    decided = {
        name: "" if account == "new" else run.workspace.resolve("account", account) for name, account in said.items()
    }
    return decided, "new" in told.accounts


def owners_of(facts: Facts, told: Told) -> tuple[dict[str, str], str]:
    """Return whom names mean, and the owner where the file names none. Raises KamctlError for nobody of ours."""
    said = pairs([text for text in told.owners if "=" in text], "--owner", "PERSON, NAME=KEY or NAME=new")
    decided = {name: "" if key == "new" else owner_keys(facts, [key])[0] for name, key in said.items()}
    alone = [text for text in told.owners if "=" not in text]
    if len(alone) > 1:
        raise KamctlError(
            Phrase("--owner {one} and {other} cannot both own the rest", one=alone[0], other=alone[1]),
            Phrase("NAME=KEY says whom a name means"),
        )
    return decided, owner_keys(facts, alone)[0] if alone else ""
