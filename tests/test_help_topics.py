"""The topics of the help: each is read whole in a pipe, and tells what is so."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest
from rich.console import Console

from tests.commanding import Shell, Terminal
from tests.promises.promises import PROMISES
from tests.test_cli_help import read_command
from tui_registry import __version__
from tui_registry.config import parse_settings
from tui_registry.errors import NotFound
from tui_registry.help import topic, topics
from tui_registry.help.page import fenced, page
from tui_registry.store.filter_terms import VOCABULARIES
from tui_registry.store.filters import terms
from tui_registry.store.schema import FORMAT
from tui_registry.text import is_showable
from tui_registry.ui.own_keys import own_keys

ROOT = Path(__file__).parent.parent
LONGEST_LINE = 73
"""Cells of a line that is never wrapped: the reading page of the app at 80 columns, less the indent."""

README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = [each.name for each in topics()]
TEXTS = {"README": README, **{each.name: each.text for each in topics()}}
every_topic = pytest.mark.parametrize("name", NAMES)
every_text = pytest.mark.parametrize("name", TEXTS)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def words(text: str) -> list[str]:
    """The words of a text, wherever its lines end and whichever of them are in capitals."""
    return text.upper().split()


def commands_in(text: str) -> list[str]:
    """Every command line that a text shows: a line between fences, and what backquotes hold."""
    shown = [line.strip() for line in fenced(text)]
    shown += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))
    return [line for line in shown if line.startswith("tui-registry ")]


def rows_of(text: str, head: str) -> list[list[str]]:
    """The cells of the table that begins with this head."""
    lines = text[text.index(head) :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_topics_that_there_must_be() -> None:
    wanted = {"terminals", "files", "protection", "figures", "formats", "filters", "scripts", "settings"}
    assert wanted | {"changes"} <= set(NAMES)


def test_readme_has_room_for_no_more() -> None:
    assert len(README.encode()) <= 9_216


def test_readme_names_every_topic() -> None:
    part = README.split("## Help")[1].split("\n## ")[0]
    assert set(NAMES) <= set(re.findall(r"`(\w+)`", part))


def test_without_a_topic_all_are_listed(shell: Shell) -> None:
    listed = shell.done("help").splitlines()
    for each in topics():
        assert [line for line in listed if line.split() == [each.name, *each.title.split()]]
    assert max(map(len, listed)) <= 100
    assert not shell.root.exists()


@every_topic
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_topic_is_printed_whole_and_plain_in_a_pipe(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    printed = shell.done("help", name)
    assert is_showable(printed, lines=True)
    assert [line for line in printed.splitlines() if line != line.rstrip()] == []
    unwrapped = {f"  {line}".rstrip() for line in fenced(topic(name).text)}
    assert unwrapped <= {*printed.splitlines()}
    wrapped = [line for line in printed.splitlines() if line not in unwrapped]
    assert max(map(len, wrapped)) <= min(columns, 100)
    if columns == 200:
        marks = {"|", "*", *(f"{number}." for number in range(10))}
        sought = [word for word in words(topic(name).text) if not re.fullmatch(r"[|#:*-]+|```\w*", word)]
        found = words(printed)
        assert sorted(set(sought) - set(found) - marks) == []


@every_topic
def test_a_topic_as_json_is_its_markdown(shell: Shell, name: str) -> None:
    found = topic(name)
    assert shell.json("help", name) == {"topic": name, "title": found.title, "text": found.text}
    assert {"topic": name, "title": found.title} in shell.json("help")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("fils", "Did you mean files?"),
        ("verify", "tui-registry verify --help"),
        ("qqqq", "The topics: changes,"),
        ("", "The topics: changes,"),
        ("\x1b[31mred", "There is no help topic"),
    ],
)
def test_an_unknown_topic_is_refused_with_those_there_are(shell: Shell, asked: str, said: str) -> None:
    refused = shell.refused("help", asked)
    assert said in refused
    assert all(name in refused for name in NAMES)
    assert "\x1b" not in refused


def test_a_topic_is_found_in_any_case() -> None:
    assert topic(" Files ") is topic("files")
    with pytest.raises(NotFound):
        topic("file s")


def test_heads_are_bold_on_a_terminal_alone(tmp_path: Path) -> None:
    coloured = Terminal(tmp_path, "help", "files")
    plain = Terminal(tmp_path, "help", "files", environ={"NO_COLOR": "1"})
    assert coloured.end() == plain.end() == 0
    assert b"\x1b[1mBACKUPS" in coloured.written
    assert b"\x1b" not in plain.written


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    text = "# [red]a[/red]\n\n[b]x[/b]\n\n* [@click=quit]y[/]\n\n| [i]h[/i] |\n|---|\n| [u]c[/u] :smile: |\n"
    console = Console(width=60)
    with console.capture() as drawn:
        console.print(page(text))
    for shown in ("[red]a[/red]", "[b]x[/b]", "[@click=quit]y[/]", "[i]h[/i]", "[u]c[/u] :smile:"):
        assert shown in drawn.get()


@every_topic
def test_a_text_uses_no_mark_that_is_not_laid_out(name: str) -> None:
    text = re.sub(r"`[^`\n]+`", "", re.sub(r"^```.*?^```$", "", topic(name).text, flags=re.M | re.S))
    assert text.startswith("# ")
    assert text.endswith("\n")
    assert not re.search(r"\*\*|\]\(|<[a-z!/]|^ +[*|#]|^[-+] |^####|_\w+_\b", text, re.MULTILINE)
    assert [line for line in fenced(topic(name).text) if len(line) > LONGEST_LINE] == []


@every_topic
def test_a_title_fits_the_list_of_topics(name: str) -> None:
    assert len(topic(name).title) <= 56


@every_text
def test_every_command_line_that_is_shown_can_be_read(name: str) -> None:
    for line in commands_in(TEXTS[name]):
        spoken = shlex.split(line, comments=True)
        if not {"COMMAND", "TOPIC", "FILE"} & set(spoken):
            read_command(spoken[1:])


def test_the_texts_show_commands() -> None:
    assert len(commands_in(README)) > 10
    assert len(commands_in(topic("scripts").text)) > 10
    with pytest.raises((click.UsageError, AssertionError)):
        read_command(["verify", "--budgt", "1"])


@pytest.mark.parametrize("name", ["README", "settings"])
def test_the_settings_that_are_shown_can_be_followed(name: str) -> None:
    found = parse_settings("\n".join(re.findall(r"^```toml\n(.*?)^```$", TEXTS[name], re.M | re.S)))
    assert found.complaints == ()
    assert found.settings.keys
    assert own_keys(found.settings.keys).complaints == ()


def test_the_newest_change_is_of_this_version() -> None:
    heads = re.findall(r"^## (\S+)", topic("changes").text, re.MULTILINE)
    assert heads[0] == __version__
    assert heads == sorted(heads, key=lambda each: [int(part) for part in each.split(".")], reverse=True)


def test_every_format_is_told_of() -> None:
    rows = rows_of(topic("formats").text, "| Format |")
    assert [number for number, _ in rows] == [str(number) for number in range(1, FORMAT + 1)]


@pytest.mark.parametrize("view", VOCABULARIES)
def test_every_term_of_a_list_is_told_as_the_app_tells_it(view: str) -> None:
    text = topic("filters").text
    told = [*rows_of(text, "| Term |"), *rows_of(text.split(f"\n## {view.capitalize()}\n")[1], "| Term |")]
    assert told == [[f"`{example}`", meaning] for example, meaning in terms(view)]  # type: ignore[arg-type]


def number(figure: str) -> float:
    """The number a cell begins with."""
    found = re.match(r"(?:≤ )?([\d,.]+)", figure)
    assert found, figure
    return float(found[1].replace(",", ""))


def test_the_table_of_figures_is_one_that_the_benchmarks_print() -> None:
    from tests.benchmarks.budgets import HEAD

    text = topic("figures").text
    assert HEAD in text
    rows = rows_of(text, HEAD)
    assert {f"P{place}" for place in range(1, 16)} == {row[0] for row in rows}
    for _, what, figure, budget, state, _ in rows:
        assert state == ("reached" if number(figure) <= number(budget) else "missed"), what


def test_every_promise_that_is_measured_is_told() -> None:
    rows = rows_of(topic("figures").text, "| Promise |")
    assert len(rows) >= len(PROMISES)
    assert all(promise and found for promise, found, _ in rows)


def test_the_list_as_json_is_plain(shell: Shell) -> None:
    assert json.loads(shell.done("help", "--json"))[0]["topic"] == "changes"
