"""How the commands behave in a shell: where a registry begins, exit codes, pipes, hostile text, bugs."""

import json
import os
import signal
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.commanding import PROGRAM, Shell, Terminal, process, surroundings
from tests.registries import CANARY, Seed, catalogue, done, listed
from tui_registry.cli.command import registry
from tui_registry.store import CatalogBatch, CatalogProvider, KnownProvider

READING = (
    ("provider", "list"), ("model", "list"), ("history",), ("history", "list"), ("catalog", "list"),
)  # fmt: skip
EVIL = "e\u202evil\u2066\u200b[red]x[/red]\ufeff\U000e0041"
UNFIT = {"\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\U000e0041", "\r", "\x08"}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


class TestBytesThatAreNoText:
    @pytest.mark.parametrize(
        "words",
        [("provider", "show", "\udcff"), ("model", "show", "Groq", "\udcff"), ("key", "remove", "\udcff")],
    )
    def test_are_refused_where_a_name_belongs(self, shell: Shell, words: tuple[str, ...]) -> None:
        shell.done("provider", "add", "Groq")
        assert "no text here" in shell.refused(*words, code=2)


class TestBeginning:
    @pytest.mark.parametrize("words", READING)
    def test_a_bare_home_gets_a_registry_even_from_a_command_that_reads(
        self, shell: Shell, words: tuple[str, ...]
    ) -> None:
        shell.done(*words)
        assert shell.home.database.is_file()

    def test_a_home_that_had_a_vault_key_is_not_begun_anew(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        shell.done("key", "set", "Groq", typed=CANARY)
        shell.home.database.unlink()
        sentence = shell.refused("provider", "list", code=3)
        assert str(shell.home.key_file) in sentence
        assert "--create" in sentence
        assert not shell.home.database.exists()

    def test_a_home_that_has_backups_is_not_begun_anew(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        shell.done("provider", "purge", "Groq", "--confirm", "Groq")
        shell.home.database.unlink()
        assert "backups" in shell.refused("provider", "list", code=3)

    def test_create_begins_anew_in_spite_of_them(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        shell.done("provider", "purge", "Groq", "--confirm", "Groq")
        shell.home.database.unlink()
        assert shell.done("--create", "provider", "list", "--json") == "[]\n"

    def test_create_leaves_a_registry_that_is_there_alone(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        assert "Groq" in shell.done("--create", "provider", "list")

    def test_read_only_begins_nothing_and_changes_nothing(self, shell: Shell) -> None:
        shell.refused("--read-only", "provider", "list", code=3)
        assert not shell.root.exists()
        shell.done("provider", "add", "Groq")
        before = shell.home.database.read_bytes()
        assert "Groq" in shell.done("--read-only", "provider", "list")
        assert "read-only" in shell.refused("--read-only", "provider", "add", "OpenAI", code=3)
        assert shell.home.database.read_bytes() == before

    def test_what_was_put_right_at_opening_is_told_beside_the_answer(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        shell.home.database.chmod(0o644)
        result = shell.run("provider", "list", "--json")
        assert (len(json.loads(result.stdout)), "is private now" in result.stderr) == (1, True)
        assert shell.run("provider", "list", "--json").stderr == ""

    def test_variables_move_the_home_the_database_and_the_vault_key(self, tmp_path: Path) -> None:
        moved = {
            "TUI_REGISTRY_DB": str(tmp_path / "own.db"),
            "TUI_REGISTRY_KEY_FILE": str(tmp_path / "own.key"),
        }
        root = tmp_path / "home"
        assert process(root, "provider", "add", "Groq", environ=moved).returncode == 0
        assert process(root, "key", "set", "Groq", typed=CANARY, environ=moved).returncode == 0
        assert {path.name for path in tmp_path.iterdir()} == {"backups", "own.db", "own.key"}
        assert process(root, "provider", "list").returncode == 0
        assert (root / "data" / "registry.db").is_file()

    def test_a_place_that_cannot_be_reached_is_named(self, shell: Shell) -> None:
        shell.environ["TUI_REGISTRY_DB"] = f"/{'x' * 300}/registry.db"
        assert "cannot be reached" in shell.refused("provider", "list", code=3)
        result = shell.run("doctor")
        assert (result.exit_code, "cannot be reached" in result.stdout) == (3, True)

    def test_a_directory_named_for_the_database_alone_keeps_its_mode(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        shell = Shell(tmp_path / "home", {"TUI_REGISTRY_DB": str(tmp_path / "own.db")})
        shell.done("provider", "list")
        assert tmp_path.stat().st_mode & 0o777 == 0o755
        assert (tmp_path / "own.db").stat().st_mode & 0o777 == 0o600

    def test_an_empty_home_is_refused_instead_of_meaning_the_present_directory(
        self, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert "names no directory" in shell.refused("--home", "", "provider", "list")
        assert list(tmp_path.iterdir()) == []

    def test_the_directory_of_a_new_registry_is_closed_to_others(self, shell: Shell) -> None:
        shell.home.database.parent.mkdir(parents=True)
        shell.home.database.parent.chmod(0o755)
        shell.done("provider", "list")
        assert shell.home.database.parent.stat().st_mode & 0o777 == 0o700


class TestEnding:
    def test_success_is_zero(self, shell: Shell) -> None:
        assert shell.run("provider", "list").exit_code == 0

    @pytest.mark.parametrize(
        "words",
        [("provider", "nonsense"), ("--nonsense",), ("model", "show", "x"), ("history", "--status", "x")],
    )
    def test_wrong_usage_is_two(self, shell: Shell, words: tuple[str, ...]) -> None:
        assert shell.run(*words).exit_code == 2

    def test_a_damaged_registry_is_three_and_stays_as_it_is(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        shell.home.database.write_bytes(b"")
        assert "empty" in shell.refused("provider", "list", code=3)
        assert shell.home.database.read_bytes() == b""

    def test_errors_stay_on_standard_error_when_json_is_asked_for(self, shell: Shell) -> None:
        assert shell.refused("provider", "show", "Nobody", "--json").startswith(
            "There is no provider Nobody."
        )

    def test_a_reader_that_goes_away_ends_the_writer_quietly(self, shell: Shell) -> None:
        shell.done("catalog", "import", "--all")
        for words in (("model", "list"), ("model", "list", "--json")):
            writer = subprocess.Popen(
                (*PROGRAM, *words),
                env=surroundings(shell.root),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            assert writer.stdout is not None
            assert writer.stderr is not None
            writer.stdout.readline()
            writer.stdout.close()
            with writer.stderr:
                assert (writer.stderr.read(), writer.wait(timeout=20)) == (b"", 141)

    @pytest.mark.parametrize(
        "words",
        [("provider", "list"), ("provider", "list", "--json"), ("keys",), ("--help",), ("key", "--help")],
    )
    def test_an_answer_that_finds_no_room_is_said_to_be_lost(
        self, shell: Shell, words: tuple[str, ...]
    ) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("this system has no /dev/full")
        shell.done("provider", "add", "Groq")
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run(
                (*PROGRAM, *words),
                env=surroundings(shell.root),
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert (ended.returncode, len(ended.stderr.splitlines())) == (3, 1)
        assert ended.stderr.startswith("The answer could not be written: ")

    @pytest.mark.parametrize(
        "words",
        [
            ("provider", "show", CANARY),
            ("model", "show", "Groq", CANARY),
            ("provider", "add", CANARY),
            ("catalog", "import", CANARY),
            ("provider", "show", "-----BEGIN PRIVATE KEY----- " + CANARY[::-1]),
        ],
    )
    def test_a_key_where_a_name_belongs_is_not_repeated(self, shell: Shell, words: tuple[str, ...]) -> None:
        shell.done("provider", "add", "Groq")
        said = shell.run(*words)
        assert said.exit_code == 2
        assert "never an argument" in said.output
        for key in (CANARY, CANARY[::-1]):
            assert key[8:] not in said.output

    def test_closed_standard_output_is_no_bug(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        ended = process(shell.root, "provider", "list", before=partial(os.close, 1))
        assert (ended.returncode, ended.stderr) == (0, "")

    def test_a_bug_ends_with_one_sentence_that_holds_no_secret(self, shell: Shell) -> None:
        code = (
            "from tui_registry.cli import main; from tui_registry.store.reads import Reads\n"
            "def broken(self):\n"
            f"    secret = {CANARY!r}\n"
            "    raise RuntimeError(secret)\n"
            "Reads.providers = broken; import sys; sys.argv = ['x', 'provider', 'list']; main()"
        )
        ended = process(shell.root, program=(*PROGRAM[:1], "-c", code))
        assert ended.returncode == 1
        assert ended.stderr.startswith("tui-registry stopped because of a bug in it: RuntimeError in ")
        assert len(ended.stderr.splitlines()) == 1
        assert CANARY not in ended.stderr + ended.stdout

    def test_a_command_lets_go_of_every_file_however_it_ends(self, shell: Shell) -> None:
        held = Path("/proc/self/fd")
        if not held.is_dir():
            pytest.skip("this system does not list open files")
        shell.done("model", "list")
        shell.refused("provider", "show", "Nobody")
        shell.refused("provider", "add", "Nobody")
        assert not [link for link in held.iterdir() if str(shell.root) in os.path.realpath(link)]

    def test_an_interrupted_command_leaves_a_whole_registry(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        terminal = Terminal(shell.root, "key", "set", "Groq")
        terminal.until("(not shown): ")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.end() == -signal.SIGTERM
        assert process(shell.root, "doctor").returncode == 0


class TestWriting:
    def test_every_command_that_answers_takes_json(self) -> None:
        def leaves(group: object, path: str) -> list[tuple[str, set[str]]]:
            commands: dict[str, object] = getattr(group, "commands", {})
            if not commands:
                return [(path, {each.name or "" for each in getattr(group, "params", ())})]
            return [leaf for name, each in commands.items() for leaf in leaves(each, f"{path} {name}")]

        without = [path for path, names in leaves(registry, "") if "as_json" not in names]
        assert without == [" key show", " vault recovery-code"]

    def test_the_keys_of_the_app_are_printed(self, shell: Shell) -> None:
        rows = shell.json("keys")
        assert {"id", "group", "keys", "word", "help"} == set(rows[0])
        assert len(shell.done("keys").splitlines()) == len(rows) + 1
        assert not shell.root.exists()

    def test_hostile_text_in_every_field_acts_on_no_terminal(self, shell: Shell) -> None:
        known = (KnownProvider(EVIL, "https://evil.example.com/v1"),)
        model = listed(EVIL, 1e-06, name=EVIL, description=EVIL, version=EVIL, architecture=EVIL)
        shell.done("provider", "list")
        with shell.home.open(known=Seed("evil", known)) as store:
            batch = CatalogBatch(
                (CatalogProvider(EVIL, "https://evil.example.com/v1", (model,), description=EVIL),)
            )
            done(store, lambda write: write.import_catalog(batch))
        shown = (*READING, ("provider", "show", EVIL), ("model", "show", EVIL, EVIL), ("doctor",))
        for words in (*shown, ("pricing", "show", EVIL, EVIL), ("limits", "show", EVIL)):
            written = shell.done(*words)
            assert not UNFIT & set(written), words
            assert "[red]x[/red]" in written or words[0] in ("history", "doctor"), words
            assert shell.done(*words, "--json").isascii()

    @pytest.mark.parametrize("text", ["\x1b]0;title\x07", "\x9b31m", "\u202e", "a\rb", "[/b]"])
    def test_hostile_arguments_come_back_harmless(self, shell: Shell, text: str) -> None:
        for words in (("provider", "show", text), ("provider", "add", text), ("catalog", "import", text)):
            assert not UNFIT & set(shell.refused(*words))

    def test_a_model_of_the_catalogue_is_written_the_same_into_a_pipe_and_whole(self, shell: Shell) -> None:
        long = "org/" + "very-long-name-" * 12
        shell.done("provider", "add", "Groq")
        with shell.home.open() as store:
            done(store, lambda write: write.import_catalog(catalogue(listed(long, 1.23456789e-06))))
        written = process(shell.root, "model", "list").stdout
        assert f"{long} " in written
        assert " 1.23456789 " in written
        assert "\x1b" not in written

    def test_on_80_columns_no_number_is_cut_or_broken(self, shell: Shell) -> None:
        owner, long = "Cloudflare Workers AI", "org/" + "very-long-name-" * 12
        shell.done("provider", "add", owner)
        models = catalogue(listed(long, 1.23456789012345e-06), name=owner)
        with shell.home.open() as store:
            done(store, lambda write: write.import_catalog(models))
        terminal = Terminal(shell.root, "model", "list", environ={"NO_COLOR": "1"})
        assert terminal.end() == 0
        lines = terminal.written.decode().splitlines()
        assert max(map(len, lines)) <= 80
        assert any("1.23456789012345" in line and "2.4691357802469" in line for line in lines)
        start = lines[0].index("Model")
        folded = "".join(line[start : lines[0].index("Context")].strip() for line in lines[1:])
        assert folded == long

    def test_colour_is_for_terminals_that_want_it(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq")
        for environ, styled in (({}, True), ({"NO_COLOR": "1"}, False)):
            terminal = Terminal(shell.root, "provider", "list", environ=environ)
            assert terminal.end() == 0
            assert (b"\x1b" in terminal.written) is styled

    def test_a_name_that_the_output_cannot_spell_is_no_error(self, shell: Shell) -> None:
        shell.done("provider", "add", "Groq", "--description", "✓ 漢字")
        ended = process(shell.root, "provider", "show", "Groq", environ={"PYTHONIOENCODING": "latin-1"})
        assert (ended.returncode, "? ??" in ended.stdout) == (0, True)

    def test_json_of_every_list_is_an_array(self, shell: Shell) -> None:
        for words in READING:
            assert isinstance(json.loads(shell.done(*words, "--json")), list)
