"""Calendars and address books: what other programs read in them, and what comes back."""

from __future__ import annotations

import shutil
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from kamctl import cli, source

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"

icalendar = pytest.importorskip("icalendar")
vobject = pytest.importorskip("vobject")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLES, tmp_path / "workspace", copy_function=shutil.copyfile)


def kamctl(workspace: Path, *arguments: str) -> int:
    return cli.run(["-C", str(workspace), "--as-of", "2026-06-15", "--lang", "zh-Hans", *arguments])


def events(path: Path, name: str = "VEVENT") -> list[Any]:
    return list(icalendar.Calendar.from_ical(path.read_bytes()).walk(name))


def test_calls_are_events_at_their_time_wherever_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "c.ics"
    day = ("--since", "2026-06-16", "--until", "2026-06-16")
    assert kamctl(EXAMPLES, "callplan", "export", "--ics", *day, "-o", str(path)) == 0
    call = next(event for event in events(path) if isinstance(event["dtstart"].dt, datetime))
    assert call["dtstart"].dt == datetime(2026, 6, 16, 10, 0)
    assert call["dtend"].dt == datetime(2026, 6, 16, 10, 30)
    assert call["summary"] == "电话\uff1a孟洁\uff0c燕北新区水务建设公司"
    assert "yanbei-zone/2026-06-16-meng-jie" in call["description"]


def test_promises_and_tenders_take_whole_days(tmp_path: Path) -> None:
    path = tmp_path / "c.ics"
    assert kamctl(EXAMPLES, "callplan", "export", "-o", str(path)) == 0
    titles = {str(event["summary"]): event for event in events(path)}
    promise = titles["张伟\uff1a发技术澄清会议程"]
    assert promise["dtstart"].dt == date(2026, 6, 16)
    assert promise["transp"] == "TRANSPARENT"
    tenders = [title for title in titles if title.startswith("招标\uff1a三号线管道改造")]
    assert titles[tenders[0]]["dtstart"].dt == date(2026, 7, 15)
    assert not any("分区计量一期" in title for title in titles if title.startswith("招标"))


def test_promises_are_to_dos_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "c.ics"
    assert kamctl(EXAMPLES, "callplan", "export", "--todo", "--owner", "li-na", "-o", str(path)) == 0
    todos = events(path, "VTODO")
    assert todos
    assert {str(todo["status"]) for todo in todos} == {"NEEDS-ACTION"}
    assert all(isinstance(todo["due"].dt, date) for todo in todos)


def test_an_entry_keeps_its_identity_and_no_two_share_one(workspace: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "1.ics", tmp_path / "2.ics"]
    kamctl(workspace, "callplan", "export", "-o", str(paths[0]))
    call = workspace / "accounts/yanbei-zone/calls/2026-06-16-meng-jie.yaml"
    call.write_text(call.read_text("utf-8").replace('time: "10:00"', 'time: "11:00"'), "utf-8")
    kamctl(workspace, "callplan", "export", "-o", str(paths[1]))
    ids = [[str(event["uid"]) for event in events(path)] for path in paths]
    assert len(set(ids[0])) == len(ids[0])
    assert set(ids[0]) == set(ids[1])


def test_lines_are_folded_at_75_octets_between_characters(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert kamctl(EXAMPLES, "callplan", "export") == 0
    raw = capsysbinary.readouterr().out
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() or True for line in lines)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert any(line.startswith(b" ") for line in lines)


def test_the_same_files_give_the_same_calendar(tmp_path: Path) -> None:
    paths = [tmp_path / "1.ics", tmp_path / "2.ics"]
    for path in paths:
        kamctl(EXAMPLES, "callplan", "export", "-o", str(path))
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--owner", "li-nna"], "li-na"),
        (["--since", "never"], "--since"),
        (["--since", "2026-06-02", "--until", "2026-06-01"], "swap them"),
        (["-o", str(ROOT / "README.md")], "exists already"),
    ],
)
def test_slips_are_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert kamctl(EXAMPLES, "callplan", "export", "--lang", "en", *arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("library", "arguments"),
    [("icalendar", ["callplan", "export"]), ("vobject", ["contact", "export"]),
     ("vobject", ["contact", "import", "x.vcf", "--account", "bohai-water"])],
)  # fmt: skip
def test_without_the_library_the_line_that_installs_it_is_told(
    library: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert kamctl(EXAMPLES, *arguments) == 2
    assert "pip install 'kamctl[cal]'" in capsys.readouterr().err


# --- people


def test_people_go_out_as_cards_and_come_back_unchanged(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.vcf"
    assert kamctl(workspace, "contact", "export", "--vcard", "--account", "bohai-water", "-o", str(path)) == 0
    cards = list(vobject.readComponents(path.read_text("utf-8")))
    zhang = next(card for card in cards if card.fn.value == "张伟")
    assert zhang.title.value == "采购总监"
    assert zhang.org.value == ["渤海水务集团", "采购部"]
    assert max(map(len, path.read_bytes().split(b"\r\n"))) <= 76
    before = {file: file.read_bytes() for file in workspace.rglob("*.yaml")}
    capsys.readouterr()
    assert kamctl(workspace, "contact", "import", str(path), "--account", "bohai-water", "--apply") == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines()[1:] == []
    assert "相同 6" in captured.err
    assert {file: file.read_bytes() for file in workspace.rglob("*.yaml")} == before


CARD_21 = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=BC=9F;;;\r\n"
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0=\r\n=E4=BC=9F\r\nTEL;WORK;FAX:123\r\n"
    "TEL;CELL;VOICE:13800000000\r\nEMAIL;PREF;INTERNET:zhang.wei@bohai-water.example\r\nEND:VCARD\r\n"
)
CARD_30 = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:韩;雪;;;\r\nFN:韩雪\r\nTITLE:设计\r\n 院长\r\nEND:VCARD\r\n"
CARD_40 = (
    "BEGIN:VCARD\nVERSION:4.0\nFN:Simon Perreault\nTEL;VALUE=uri;TYPE=work:tel:+1-418-656-9254;ext=102\n"
    "TEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":tel:+1-418-262-6501\nEMAIL;TYPE=work:simon@v.example\nEND:VCARD\n"
)  # fmt: skip


def imported(workspace: Path, text: str | bytes, *arguments: str) -> int:
    path = workspace.parent / "cards.vcf"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return kamctl(workspace, "contact", "import", str(path), "--account", "bohai-water", *arguments)


def person(workspace: Path, stem: str) -> Any:
    return source.read((workspace / f"accounts/bohai-water/contacts/{stem}.yaml").read_text("utf-8"))


def test_cards_of_every_version_are_read(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert imported(workspace, CARD_21 + CARD_30 + CARD_40, "--apply") == 0
    out = capsys.readouterr().out
    assert "bohai-water/zhang-wei\tphone\t+86 411 5550 0111\t13800000000" in out
    assert person(workspace, "zhang-wei")["phone"] == "13800000000"
    assert person(workspace, "韩雪") == {"name": "韩雪", "title": "设计院长"}
    simon = {"name": "Simon Perreault", "phone": "+1-418-262-6501", "email": "simon@v.example"}
    assert person(workspace, "simon-perreault") == simon
    assert imported(workspace, CARD_21 + CARD_30 + CARD_40) == 0
    assert "相同 3" in capsys.readouterr().err


def test_cards_in_gb18030_are_read(workspace: Path) -> None:
    assert imported(workspace, CARD_30.encode("gb18030"), "--apply") == 0
    assert person(workspace, "韩雪")["title"] == "设计院长"


def test_a_name_alone_in_parts_is_put_together(workspace: Path) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nN:{};;;\nEND:VCARD\n"
    assert imported(workspace, card.format("诸葛;亮") + card.format("Roe;Jane"), "--apply") == 0
    assert person(workspace, "诸葛亮") == {"name": "诸葛亮"}
    assert person(workspace, "jane-roe") == {"name": "Jane Roe"}


def test_a_person_is_found_by_telephone_number(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Mr Zhang\nTEL:+864115550 0111\nTITLE:VP\nEND:VCARD\n"
    assert imported(workspace, card, "-n") == 0
    out = capsys.readouterr().out
    assert "-title: 采购总监\n+title: VP" in out
    assert person(workspace, "zhang-wei")["title"] == "采购总监"


def test_cards_without_a_name_and_twice_the_same_person_are_rejected(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nameless = "BEGIN:VCARD\nVERSION:3.0\nTEL:1\nEND:VCARD\n"
    assert imported(workspace, CARD_40 + nameless + CARD_40, "--apply") == 1
    lines = [line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()[1:]]
    assert lines == [["new", "1"], ["rejected", "8"], ["rejected", "12"]]
    assert person(workspace, "simon-perreault")["name"] == "Simon Perreault"


def test_a_damaged_card_hides_no_other(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = "BEGIN:VCARD\nVERSION:3.0\nFN:X\nBEGIN:VEVENT\nEND:VCARD\n"
    assert imported(workspace, damaged + CARD_40, "--apply") == 1
    assert person(workspace, "simon-perreault")["name"] == "Simon Perreault"


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "没有 vCard 名片"), ("hello", "没有 vCard 名片"), (b"\xff\xff\xff\x80", "不是 UTF-8、GB18030 或 Big5 文本")],
)
def test_a_file_without_cards_is_told(
    content: str | bytes, said: str, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(workspace, content) == 1
    assert said in capsys.readouterr().err


def test_too_much_is_refused(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kamctl.exchange.cards.MAX_CARDS", 1)
    assert imported(workspace, CARD_40 * 2) == 1
    monkeypatch.setattr("kamctl.exchange.cards.MAX_FILE", 1)
    assert imported(workspace, CARD_40) == 1
    err = capsys.readouterr().err
    assert "超过 1 张名片" in err
    assert "超过 0 MB" in err
    assert kamctl(workspace, "contact", "import", "/no/such.vcf", "--account", "bohai-water") == 2


def test_people_go_to_a_pipe(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert kamctl(EXAMPLES, "contact", "export", "--account", "bohai-water") == 0
    assert capsysbinary.readouterr().out.count(b"BEGIN:VCARD") == 6
