"""Builds a git repository out of this folder: three months of work, from 16 March to 15 June 2026, commit by commit.

    python examples/make_history.py DIR

The files here say how things stand on 15 June, and nearly all they say carries its day. Each commit holds what was
known at the end of its day: what came later is taken out again with kamctl's own editor, so that every difference is a
line or two. `WAS` adds what files do not keep: earlier amounts, dates and estimates, and why they were changed.
Authors and dates are fixed, and so are the ids of the commits.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from kamctl import edit, source

HERE = Path(__file__).resolve().parent
START, END = date(2026, 3, 15), date(2026, 6, 15)
ZONE = timezone(timedelta(hours=8))
AHEAD = timedelta(days=4)
"""How long before a call its plan is written."""
BRANCH = "main"

DEALS = "accounts/{}/opportunities/{}.yaml"
LINE_3 = DEALS.format("bohai-water", "line-3")
PUMPS = DEALS.format("bohai-water", "pump-station-7")
EAST_RING = DEALS.format("qingcheng-water", "east-ring")
PLATFORM = DEALS.format("tianqi-group", "water-platform")
COOLING = DEALS.format("luanhe-chem", "cooling-loop")
SPARES = DEALS.format("bohai-water", "spare-valves")
ASH = DEALS.format("jinbei-power", "ash-pipeline")
SEWER = DEALS.format("yanbei-zone", "south-sewer")
FIRE = DEALS.format("yanbei-zone", "fire-pumps")
ACID = DEALS.format("luanhe-chem", "acid-line")
HEAT = DEALS.format("jinbei-power", "heat-network")


class Was(NamedTuple):
    """A field that held another value before a day, and why it was changed; an empty value means it was not there."""

    path: str
    field: str
    value: str
    before: date
    why: str


WAS = (
    Was(LINE_3, "close_date", "2026-07-31", date(2026, 4, 21), "三号线: 招标预告比原计划晚一个月, 签约顺延到8月底"),
    Was(LINE_3, "close_date", "2026-08-31", date(2026, 5, 22), "三号线: 党委会排到8月中旬, 9月底才能签"),
    Was(LINE_3, "amount", "4200000 CNY", date(2026, 5, 8), "三号线: 加上分区计量, 按480万报"),
    Was(LINE_3, "probability", "40%", date(2026, 4, 23), "三号线: 资金和用户都落实了"),
    Was(LINE_3, "probability", "70%", date(2026, 5, 22), "三号线: 党委会排到8月中旬, 9月底才能签"),
    Was(LINE_3, "forecast", "pipeline", date(2026, 4, 23), "三号线: 资金和用户都落实了"),
    Was(LINE_3, "importance", "very_important", date(2026, 4, 1), "三号线: 列入总部重点"),
    Was(LINE_3, "actions.5.resources", "", date(2026, 6, 5), "三号线: 澄清会材料要用样段数据"),
    Was(PUMPS, "close_date", "2026-08-31", date(2026, 5, 12), "七号泵站: 可研评审改到7月底"),
    Was(PUMPS, "close_date", "2026-09-30", date(2026, 6, 11), "七号泵站: 要等明年预算"),
    Was(PUMPS, "probability", "45%", date(2026, 6, 11), "七号泵站: 要等明年预算"),
    Was(EAST_RING, "close_date", "2026-09-30", date(2026, 5, 14), "东环: 招标提前, 8月底可签"),
    Was(EAST_RING, "amount", "6900000 CNY", date(2026, 6, 9), "东环: 二标段去掉一段支线"),
    Was(PLATFORM, "close_date", "2026-07-31", date(2026, 6, 5), "天启平台: 集团评审会推迟"),
    Was(COOLING, "close_date", "2026-04-24", date(2026, 3, 30), "循环水: 检修窗口没定, 再等一个月"),
    Was(COOLING, "probability", "60%", date(2026, 3, 30), "循环水: 检修窗口没定, 再等一个月"),
    Was(ASH, "close_date", "2026-07-20", date(2026, 5, 28), "除灰管线: 业主内部流程要多一个月"),
    Was(HEAT, "probability", "70%", date(2026, 5, 15), "四座首站合同签了"),
    Was(HEAT, "forecast", "commit", date(2026, 5, 15), "四座首站合同签了"),
    Was(SEWER, "probability", "40%", date(2026, 4, 9), "南区污水干管: 丢在价格上"),
    Was(SEWER, "forecast", "best_case", date(2026, 4, 9), "南区污水干管: 丢在价格上"),
    Was(FIRE, "probability", "20%", date(2026, 5, 29), "消防稳压泵站: 没有认证, 不投"),
    Was(FIRE, "forecast", "pipeline", date(2026, 5, 29), "消防稳压泵站: 没有认证, 不投"),
    Was(ACID, "probability", "50%", date(2026, 3, 20), "酸碱管线: 输在交货期"),
    Was(ACID, "forecast", "best_case", date(2026, 3, 20), "酸碱管线: 输在交货期"),
)

RENAMED = {SPARES: (DEALS.format("bohai-water", "frame-2026"), date(2026, 4, 8))}
"""Files that had another name before a day."""

BRANCHED = (LINE_3, date(2026, 6, 5), "chen-jie")
"""A change that somebody makes on a branch, while others go on; it is merged the same day."""

BROKEN = (EAST_RING, date(2026, 5, 14), "stage: ", "stage\uff1a")
"""A slip that is committed, a full-width colon, and mended an hour later."""

LISTS = {"stage_history": "date", "assessments": "date", "stage_reports": "date"}
MAPPINGS = {"gate_evidence": "date"}
BLOCKS = {
    "unique_business_value": "confirmed_on",
    "initiation": "approved_on",
    "bid": "decided_on",
    "contract": "signed",
    "delivery": "handover",
    "closing": "date",
    "lost": "date",
}
"""Parts of a deal, and what says since when they are there."""


# --- the state of a file at the end of a day


def state(path: str, text: str, day: date) -> str | None:
    """Return the text of a file at the end of a day, made from a later one; None when it was not there yet."""
    kind = path.split("/")[-2] if path.count("/") == 3 else ""
    if kind == "opportunities":
        return _deal(path, text, day)
    if kind == "calls":
        return _call(path, text, day)
    if path.startswith("weeks/"):
        return text if date.fromisocalendar(*_week(path), 1) <= day else None
    return text


def _week(path: str) -> tuple[int, int]:
    year, week = path.split("/")[1].split("-W")
    return int(year), int(week[:2])


def _deal(path: str, text: str, day: date) -> str | None:
    data: Any = source.read(text)
    if _after(data.get("created"), day):
        return None
    for field, since in BLOCKS.items():
        if field in data and _after(data[field].get(since), day):
            text = edit.remove(text, (field,))
    text = _without_later(text, data, day)
    for person, role in data.get("buying_team", {}).items():
        text = _person(text, person, role, day)
    history = [entry["stage"] for entry in data.get("stage_history", []) if not _after(entry["date"], day)]
    if history and history[-1] != data["stage"]:
        text = edit.set_value(text, ("stage",), history[-1])
    for field, value in {
        was.field: was.value for was in reversed(WAS) if was.path == path and day < was.before
    }.items():
        keys = tuple(int(key) if key.isdigit() else key for key in field.split("."))
        present = _at(data, keys)
        if present is not None and present != value:
            text = edit.set_value(text, keys, value) if value else edit.remove(text, keys)
    return text


def _at(data: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else data[int(key)]
    return data


def _without_later(text: str, data: Any, day: date) -> str:
    """Take out the entries of lists and mappings that came later, and what became of actions and payments."""
    for field, since in LISTS.items():
        for position, entry in reversed(list(enumerate(data.get(field, [])))):
            if _after(entry.get(since), day):
                text = edit.remove(text, (field, position))
    for field, since in MAPPINGS.items():
        for key, entry in data.get(field, {}).items():
            if _after(entry.get(since), day):
                text = edit.remove(text, (field, key))
    ends = {"actions": ("done", ("result", "done")), "payments": ("received_on", ("received_on", "received"))}
    for field, (when, parts) in ends.items():
        for position, entry in enumerate(data.get(field, [])):
            if _after(entry.get(when), day):
                for part in parts:
                    text = edit.remove(text, (field, position, part)) if part in entry else text
    return text


def _person(text: str, person: str, role: Any, day: date) -> str:
    """Take out what was seen of a person later, and the person when nothing was seen yet."""
    seen = {key: when for key, when in role.get("behaviours", {}).items() if not _after(when, day)}
    opposes = role.get("opposes")
    dated = bool(role.get("behaviours") or opposes)
    if dated and not seen and (opposes is None or _after(opposes.get("date"), day)):
        return edit.remove(text, ("buying_team", person))
    for key in role.get("behaviours", {}).keys() - seen.keys():
        text = edit.remove(text, ("buying_team", person, "behaviours", key))
    if opposes is not None and _after(opposes.get("date"), day):
        text = edit.remove(text, ("buying_team", person, "opposes"))
    return text


def _call(path: str, text: str, day: date) -> str | None:
    """Return a call: from four days before on as a plan, and from the day it was written down on with what happened."""
    data: Any = source.read(text)
    if date.fromisoformat(data["date"]) - AHEAD > day:
        return None
    if "opportunity" in data and _after(_created(path.split("/")[1], data["opportunity"]), day):
        text = edit.remove(text, ("opportunity",))
    outcome = data.get("outcome")
    if outcome is None:
        return text
    recorded = outcome.get("recorded_at", data["date"])[:10]
    if not _after(recorded, day):
        for position, promise in enumerate(outcome.get("commitments", [])):
            if _after(promise.get("done"), day):
                text = edit.remove(text, ("outcome", "commitments", position, "done"))
        return text
    for position, objective in enumerate(data.get("plan", {}).get("objectives", [])):
        if "met" in objective:
            text = edit.remove(text, ("plan", "objectives", position, "met"))
    return edit.remove(text, ("outcome",))


@cache
def _created(account: str, deal: str) -> Any:
    return source.read((HERE / DEALS.format(account, deal)).read_text("utf-8")).get("created")


def _after(when: Any, day: date) -> bool:
    return when is not None and date.fromisoformat(when) > day


# --- days, commits


def commits() -> Iterator[tuple[datetime, str, str, dict[str, str | None]]]:
    """Yield time, author, subject and changed files of each commit; the text of a file that goes is None."""
    final = {
        path.relative_to(HERE).as_posix(): path.read_text("utf-8")
        for path in sorted(HERE.rglob("*.yaml"))
        if not path.relative_to(HERE).parts[0].startswith(".")
    }
    made = {path: _states(path, text) for path, text in final.items()}
    states: dict[str, str | None] = {}
    now: dict[str, str] = {}
    for day in (START + timedelta(days=number) for number in range((END - START).days + 1)):
        states |= {path: found[day] for path, found in made.items() if day in found}
        then = {_name(path, day): text for path, text in states.items() if text is not None}
        changed: dict[str, str | None] = {
            path: then.get(path) for path in {**now, **then} if now.get(path) != then.get(path)
        }
        moment = datetime(day.year, day.month, day.day, 17, 0, tzinfo=ZONE)
        if day == START:
            yield moment, "wang-qiang", "开始用 kamctl 记录重点客户", changed
        else:
            for number, (author, subject, files) in enumerate(_grouped(day, now, then, changed)):
                yield moment + timedelta(minutes=12 * number), author, subject, files
        now = then


def _states(path: str, text: str | None) -> dict[date, str | None]:
    """Return the text of a file at the end of each day on which it may have changed, from the last to the first."""
    found: dict[date, str | None] = {}
    for day in sorted({START, *_days(path, text or "")}, reverse=True):
        if START <= day <= END:
            text = state(path, text, day) if text is not None else None
            found[day] = text
    return found


def _days(path: str, text: str) -> set[date]:
    """Return the days on which a file may change."""
    found = {date.fromisoformat(day) for day in re.findall(r"\d{4}-\d{2}-\d{2}", text)}
    weeks = {date.fromisocalendar(*_week(path), 1)} if path.startswith("weeks/") else set()
    return found | weeks | {day - AHEAD for day in found} | {was.before for was in WAS if was.path == path}


def _name(path: str, day: date) -> str:
    old, until = RENAMED.get(path, (path, date.min))
    return old if day < until else path


def _grouped(
    day: date, before: dict[str, str], after: dict[str, str], changed: dict[str, str | None]
) -> Iterator[tuple[str, str, dict[str, str | None]]]:
    """Yield author, subject and files of a day's commits: one a file, deals before the calls that name them."""
    renamed = {old: new for new, (old, until) in RENAMED.items() if until == day}
    for path in sorted((path for path in changed if path not in renamed), key=lambda path: ("/calls/" in path, path)):
        files = {path: changed[path], **{old: None for old, new in renamed.items() if new == path}}
        old = before.get(path) or before.get(next((o for o, new in renamed.items() if new == path), ""), "")
        yield _author(path, after[path]), _subject(path, old, after[path], day), files


def _author(path: str, text: str) -> str:
    data: Any = source.read(text)
    if path.startswith("weeks/"):
        return path.removesuffix(".yaml").split("-", 2)[2]
    return str(data.get("owner") or data.get("by") or "wang-qiang")


def _subject(path: str, before: str, after: str, day: date) -> str:
    """Return what the author would write: the reason where there is one, else what was done."""
    reasons = [was.why for was in WAS if was.path == path and was.before == day]
    if reasons:
        return reasons[0]
    old: Any = source.read(before)
    new: Any = source.read(after)
    name = new.get("name") or path.rpartition("/")[2].removesuffix(".yaml")
    if path in RENAMED and RENAMED[path][1] == day:
        return f"{name}: 文件改名"
    if "date" in new:
        return _call_subject(old, new)
    if old.get("stage") != new.get("stage"):
        return f"{name}: 进入{new['stage']}阶段"
    if len(old.get("assessments", [])) < len(new.get("assessments", [])):
        return f"{name}: {new['assessments'][-1]['date']}评估"
    return f"{name}: {'、'.join(_CHANGED.get(key, key) for key in new if old.get(key) != new[key])}"


def _call_subject(old: Any, new: Any) -> str:
    if "outcome" in new and "outcome" not in old:
        return str(new["outcome"].get("events", "拜访记录"))[:40]
    who = new.get("contact", "")
    return f"{new['date']} {who}: {'拜访计划' if not old else '承诺跟进'}"


_CHANGED = {
    "buying_team": "关系进展",
    "gate_evidence": "阶段证据",
    "actions": "行动跟进",
    "payments": "回款",
    "bid": "投标决定",
    "contract": "合同",
    "initiation": "立项",
    "stage_reports": "阶段小结",
    "unique_business_value": "价值得到确认",
    "delivery": "交接",
}


# --- git


class Stream:
    """Writes commits as `git fast-import` reads them."""

    def __init__(self, write: Callable[[bytes], Any], people: dict[str, str]) -> None:
        self.write = write
        self.people = people
        self.marks = 0

    def commit(
        self,
        branch: str,
        when: datetime,
        author: str,
        subject: str,
        files: dict[str, str | None],
        parents: tuple[int, ...] = (),
    ) -> int:
        """Write one commit with the files that it changes, and return its mark."""
        self.marks += 1
        who = f"{self.people[author]} {int(when.timestamp())} {when:%z}"
        lines = [f"commit refs/heads/{branch}", f"mark :{self.marks}", f"author {who}", f"committer {who}"]
        self.write("\n".join([*lines, ""]).encode() + _data(subject + "\n"))
        for word, parent in zip(("from", "merge"), parents, strict=False):
            self.write(f"{word} :{parent}\n".encode())
        for path, text in files.items():
            if text is None:
                self.write(f"D {path}\n".encode())
            else:
                self.write(f"M 100644 inline {path}\n".encode() + _data(text))
        return self.marks


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def people() -> dict[str, str]:
    """Return the authors by their key in team.yaml."""
    team: Any = source.read((HERE / "team.yaml").read_text("utf-8"))
    return {key: f"{one['name']} <{one.get('email', key)}>" for key, one in team["members"].items()}


def write(stream: Stream) -> None:
    """Write the whole history."""
    last = side = 0
    for when, author, subject, files in commits():
        parents = (last,) if last else ()
        path, day, colleague = BRANCHED
        slip, slip_day, good, bad = BROKEN
        if when.date() == day and path in files:
            side, merged = stream.commit("clarification", when, colleague, subject, files, parents), files
            continue
        if when.date() == slip_day and slip in files:
            broken = {slip: (files[slip] or "").replace(good, bad, 1)}
            last = stream.commit(BRANCH, when, author, subject, broken, parents)
            when, subject, parents = when + timedelta(hours=1), "改正: 冒号写成了全角", (last,)
        last = stream.commit(BRANCH, when, author, subject, files, parents)
        if side:
            last = stream.commit(BRANCH, when, "wang-qiang", "合并陈洁的分支", merged, (last, side))
            side = 0


def build(folder: Path) -> None:
    """Make a repository in a folder that is empty or not there yet, with the whole history checked out."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty")
    git = ["git", "-C", str(folder), "-c", "core.autocrlf=false"]
    subprocess.run([*git, "init", "--quiet", f"--initial-branch={BRANCH}"], check=True)
    with subprocess.Popen([*git, "fast-import", "--quiet"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        write(Stream(process.stdin.write, people()))
    subprocess.run([*git, "reset", "--quiet", "--hard"], check=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("python examples/make_history.py DIR")
    build(Path(sys.argv[1]))
