"""Turns what a workbook changed into the texts of files: one-line edits of what is there, data of new records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from kamctl import edit, source
from kamctl.edit import EditRefused
from kamctl.exchange.columns import LIST_SIGN, Form
from kamctl.exchange.merge import Change, Outcome, Refusal
from kamctl.exchange.typed import Reason
from kamctl.problems import Keys
from kamctl.schema import walk
from kamctl.schema.method.process import Process
from kamctl.schema.opportunity import Opportunity
from kamctl.source import Data

LIST_FIELDS = ("products",)
INHERITED = ("owner", "vertical", "province", "city")
"""Columns in which a deal says only what its account does not."""

OPTIONAL = (
    "probability", "importance", "needs", "source", "products", "tender_date", "purchase_date", "close_date", "amount",
)  # fmt: skip
"""Columns of a new deal that go into fields of the same name."""


def edited(form: Form, text: str, outcome: Outcome, process: Process, day: date) -> str | list[Refusal]:
    """Return the text of a deal's file with the changes of a row, or why a change cannot be made.

    A new stage is appended to the history, dated `day`; a loss gets its day too.
    """
    fields = {column.key: column.field for column in form.columns}
    refusals: list[Refusal] = []
    for change in _ordered(text, outcome):
        try:
            if change.key == "stage":
                text = _moved(text, change.typed, outcome.values, process, day)
            elif change.typed:
                text = _set(text, fields[change.key], change)
            else:
                text = taken_out(text, tuple(fields[change.key].split(".")))
        except EditRefused as error:
            refusals.append(Refusal(change.key, change.place, Reason("sheet-edit", {"why": str(error)})))
        except KeyError:
            refusals.append(Refusal(change.key, change.place, Reason("sheet-inherited")))
    if "lost.reason" in {fields[change.key] for change in outcome.changes} and not refusals:
        text = _lost_on(text, day)
    return refusals or text


def _ordered(text: str, outcome: Outcome) -> list[Change]:
    """Return the changes of a row; a deal that gets a region of its own gets province and city together."""
    changes = list(outcome.changes)
    keys = {change.key for change in changes}
    if keys & {"province", "city"} and not there(source.read(text), ("region",)):
        for key in ("province", "city"):
            if key not in keys and outcome.values.get(key):
                changes.append(Change(key, changes[0].place, "", "", outcome.values[key]))
    return changes


def _set(text: str, field: str, change: Change) -> str:
    value: Data = [*change.typed.split(LIST_SIGN)] if change.key in LIST_FIELDS else change.typed
    return put(text, Opportunity, tuple(field.split(".")), value)


def put(text: str, model: type, keys: Keys, value: Data) -> str:
    """Return the text of a record with one value set, its keys in their customary order. Raises EditRefused."""
    order = walk.keys_at(model, keys[:-1] if there(source.read(text), keys[:-1]) else ())
    return edit.set_value(text, keys, value, order)


def taken_out(text: str, keys: Keys) -> str:
    """Return the text without a value, and without what is empty then. Raises KeyError when it is not there."""
    data = source.read(text)
    if not there(data, keys):
        raise KeyError(edit.dotted(keys))
    while len(keys) > 1 and len(_at(data, keys[:-1])) == 1:
        keys = keys[:-1]
    return edit.remove(text, keys)


def there(data: Data, keys: Keys) -> bool:
    """Whether something stands at a place of mappings."""
    for key in keys:
        if not isinstance(data, dict) or data.get(str(key)) is None:
            return False
        data = data[str(key)]
    return True


def _at(data: Data, keys: Keys) -> dict[str, Data]:
    for key in keys:
        assert isinstance(data, dict)
        data = data[str(key)]
    assert isinstance(data, dict)
    return data


def _moved(text: str, stage: str, values: Mapping[str, str], process: Process, day: date) -> str:
    """Return the text with another stage: a step of the history, then the stage itself."""
    order = walk.keys_at(Opportunity, ())
    before = source.read(text)["stage"]
    step = _step(stage, values.get("owner", ""), day)
    here, target = process.position(str(before)), process.stage(stage)
    passed = [s for s in process.stages[here + 1 : process.position(stage)] if s.outcome != "lost"]
    if target is not None and target.outcome != "lost" and (process.position(stage) < here or passed):
        step["move"] = "back" if process.position(stage) < here else "skip"
    text = edit.append(text, ("stage_history",), step, order)
    return edit.set_value(text, ("stage",), stage)


def _step(stage: str, owner: str, day: date) -> dict[str, Data]:
    return {"date": day.isoformat(), "stage": stage, **({"by": owner} if owner else {})}


def _lost_on(text: str, day: date) -> str:
    """Return the text of a lost deal with the day of the loss, where it has none."""
    data = source.read(text)
    if not there(data, ("lost",)) or there(data, ("lost", "date")):
        return text
    return edit.set_value(text, ("lost", "date"), day.isoformat())


def new_account(rows: Sequence[Outcome], dealer: str) -> dict[str, Data]:
    """Return the data of an account that the rows of its first deals describe."""
    first = rows[0].values
    region: dict[str, Data] = {key: first[key] for key in ("province", "city") if first.get(key)}
    data: dict[str, Data] = {"name": first["customer"], "owner": first["owner"], "dealer": dealer}
    data |= {"vertical": first.get("vertical", ""), "region": region}
    return {key: value for key, value in data.items() if value}


def new_deal(row: Outcome, account: Mapping[str, str], dealer: str, day: date) -> dict[str, Data]:
    """Return the data of a new deal: what the row says and the account does not say already."""
    values = row.values
    owner = values.get("owner") or account.get("owner", "")
    data: dict[str, Data] = {"name": values["project"], "stage": values["stage"]}
    data |= {key: values[key] for key in OPTIONAL if values.get(key)}
    if "products" in data:
        data["products"] = [*values["products"].split(LIST_SIGN)]
    own = {key: values.get(key, "") for key in INHERITED}
    own = {key: value for key, value in own.items() if value and value != account.get(key, "")}
    region: dict[str, Data] = {key: values[key] for key in ("province", "city") if values.get(key)}
    data |= {key: value for key, value in own.items() if key in ("owner", "vertical")}
    if {"province", "city"} & own.keys():
        data["region"] = region
    if dealer and dealer != account.get("dealer", ""):
        data["dealer"] = dealer
    data |= {"created": day.isoformat(), "stage_history": [_step(values["stage"], owner, day)]}
    if values.get("loss_reason"):
        data["lost"] = {"date": day.isoformat(), "reason": values["loss_reason"]}
    return data


def assessed(text: str, rows: Sequence[Outcome], owner: str, day: date) -> str:
    """Return the text of a deal's file with the changed marks of a scorecard, in the assessment of a day.

    Evidence that was taken out is empty text among the marks, and is taken out of an assessment that is there.
    """
    by_criterion: dict[str, dict[str, Data]] = {}
    for row in rows:
        _, criterion, party = row.id.split(" ")
        entry = by_criterion.setdefault(criterion, {})
        entry[party] = row.values["mark"]
        entry |= {change.key: change.typed for change in row.changes if change.key == "evidence"}
    data = source.read(text)
    made = data.get("assessments") if isinstance(data, dict) else None
    days = [item.get("date") for item in made if isinstance(item, dict)] if isinstance(made, list) else []
    if day.isoformat() not in days:
        marks: Data = {name: _said(entry) for name, entry in by_criterion.items()}
        new: Data = {"date": day.isoformat(), **({"by": owner} if owner else {}), "marks": marks}
        return edit.append(text, ("assessments",), new, walk.keys_at(Opportunity, ()))
    place = days.index(day.isoformat())
    kept = made[place] if isinstance(made, list) else None
    for criterion, entry in by_criterion.items():
        for key, value in entry.items():
            keys = ("marks", criterion, key)
            if value != "":
                text = edit.set_value(text, ("assessments", place, *keys), value)
            elif there(kept, keys):
                text = edit.remove(text, ("assessments", place, *keys))
    return text


def _said(entry: Mapping[str, Data]) -> dict[str, Data]:
    return {key: value for key, value in entry.items() if value != ""}
