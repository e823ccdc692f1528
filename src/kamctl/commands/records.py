"""What `account`, `contact` and `opportunity` do with one record."""

from __future__ import annotations

from collections.abc import Sequence

from kamctl.commands.recording import assign, chosen_id, new_record, set_fields
from kamctl.commands.session import Session
from kamctl.commands.writing import FORMATS, wants_form
from kamctl.loading import unreadable
from kamctl.phrases import Phrase
from kamctl.problems import KamctlError, nearest
from kamctl.render import page as pages
from kamctl.render.output import print_json
from kamctl.render.screen import page
from kamctl.schema.kinds import MODELS
from kamctl.source import Data, read
from kamctl.tree import SourceFile


def new_account(run: Session, given: str, name: str, owner: str, values: Sequence[str], dry_run: bool) -> None:
    """Make an account. Raises KamctlError when it has no name or no owner, or exists."""
    name = name or _asked(run, "name", "--name")
    owner = owner or _only_member(run) or _asked(run, "owner", "--owner")
    _check_member(run, owner)
    account = chosen_id(given, name)
    data = assign(run, MODELS["account"], {"name": name, "owner": owner}, values)
    new_record(run, "account", account, data, dry_run)
    _suggest(run, f'kamctl contact new {account} --name "…"', dry_run)


def new_contact(
    run: Session, given: str, name: str, title: str, phone: str, values: Sequence[str], dry_run: bool
) -> None:
    """Make a contact of an account. Raises KamctlError when it has no name or exists."""
    account, stem = _account_and_stem(run, given)
    name = name or _asked(run, "name", "--name")
    known: dict[str, Data] = {"name": name, "title": title, "phone": phone}
    data = assign(run, MODELS["contact"], {key: value for key, value in known.items() if value}, values)
    contact = chosen_id(stem, name, account)
    new_record(run, "contact", contact, data, dry_run)
    _suggest(run, f"kamctl callplan new {account} --contact {contact.partition('/')[2]}", dry_run)


def new_opportunity(run: Session, given: str, known: dict[str, str], values: Sequence[str], dry_run: bool) -> None:
    """Make a deal, at the first stage of its process unless told otherwise. Raises KamctlError."""
    account, stem = _account_and_stem(run, given)
    name = known["name"] or _asked(run, "name", "--name")
    if known["owner"]:
        _check_member(run, known["owner"])
    created = run.as_of.isoformat()
    told = [f"{field}={known[field]}" for field in ("owner", "stage", "amount", "close_date") if known[field]]
    data = assign(run, MODELS["opportunity"], {"name": name, "created": created}, [*told, *values])
    stage = data.setdefault("stage", _first_stage(run, account, data.get("process")))
    data.setdefault("stage_history", [{"date": created, "stage": stage}])
    deal = chosen_id(stem, name, account)
    new_record(run, "opportunity", deal, data, dry_run)
    _suggest(run, f"kamctl callplan new {deal}", dry_run)


def change(run: Session, kind: str, name: str, assignments: Sequence[str], unset: Sequence[str], dry_run: bool) -> None:
    """Set and remove fields of one record. Raises KamctlError when there is nothing to do."""
    if not assignments and not unset:
        raise KamctlError(
            Phrase("there is nothing to set"),
            Phrase("kamctl {kind} set {name} field=value, or --unset field", kind=kind, name=name),
        )
    set_fields(run, kind, run.workspace.resolve(kind, name), assignments, unset, dry_run)


def show(run: Session, kind: str, name: str, form: str, output: str) -> None:
    """Print everything that a file says, with labels in the language in effect; or one of the record's forms."""
    if wants_form(run, form, output):
        from kamctl.commands.rendering import show_form

        show_form(run, kind, name, form, output)
        return
    run.style.check(("table", "json", *FORMATS))
    workspace = run.workspace
    record_id = workspace.resolve(kind, name)
    from kamctl.layout import path_of

    document = workspace.document(SourceFile(path_of(kind, record_id), kind, record_id))
    if document.record is None:
        raise unreadable(workspace.files, document.problems)
    data = read(document.text)
    if run.options.format == "json":
        print_json({"id": record_id, "path": document.file.path, **data}, run.style, run.envelope())
    else:
        text = pages.outline(record_id, document.file.path, data, run.style)
        if kind == "opportunity":
            text += _gate(run, record_id)
        page(text, run.style.screen)


def _gate(run: Session, deal_id: str) -> str:
    """Return the gate to a deal's next stage as text; nothing for an ended deal."""
    from kamctl.commands.opening import gate_of, open_deal
    from kamctl.render.gate import gate_text

    deal = open_deal(run, deal_id)
    stage, following = deal.process.stage(deal.row.stage), deal.process.following(deal.row.stage)
    if stage is None or stage.ended or following is None:
        return ""
    return "\n" + gate_text(gate_of(run, deal, following), run.style.screen, run.lang)


def _account_and_stem(run: Session, given: str) -> tuple[str, str]:
    account, _, stem = given.partition("/")
    return run.workspace.resolve("account", account), stem


def _first_stage(run: Session, account: str, process: Data) -> str:
    """Return the first stage of a deal's own process, else its account's, else the workspace's."""
    if not isinstance(process, str):
        process = run.workspace.record("account", account).process or run.workspace.settings.process
    return run.workspace.methods.process(process).stages[0].code


def _only_member(run: Session) -> str:
    members = run.workspace.load(("members",)).facts.members
    return next(iter(members)) if len(members) == 1 else ""


def _check_member(run: Session, member: str) -> None:

    members = run.workspace.load(("members",)).facts.members
    if members and member not in members:
        hint = nearest(member, list(members), Phrase("team.yaml has {names}", names=", ".join(members)))
        raise KamctlError(Phrase('"{name}" is not in team.yaml', name=member), hint)


def _asked(run: Session, field: str, option: str) -> str:
    """Ask for a required field on a terminal. Raises KamctlError elsewhere, naming the option."""
    from kamctl.commands.asking import ask, can_ask

    if not can_ask():
        raise KamctlError(Phrase("{name} is missing", name=option), Phrase("{option} TEXT", option=option))
    return ask(run.label(f"ask-{field}"))


def _suggest(run: Session, command: str, dry_run: bool) -> None:
    if not dry_run:
        run.say(run.label("next-command", command=command), "dim")
