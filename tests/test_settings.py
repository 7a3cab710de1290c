"""Settings: what a file may say, what is told of the rest, and keys of one's own wherever keys are shown."""

import os
from pathlib import Path

import pytest

from tests.commanding import Shell
from tests.conftest import Session
from tests.driving import on_screen, screen_text, until
from tests.watching import Watched
from tui_registry.cli.opening import Choices
from tui_registry.cli.screen import chosen_theme, merged
from tui_registry.config import Settings, SettingsFile, parse_settings, read_settings
from tui_registry.errors import InvalidInput
from tui_registry.ui.app import RegistryApp, theme_names
from tui_registry.ui.keymap import BY_ID, KEYS, printed, spelled
from tui_registry.ui.own_keys import OwnKeys, own_keys
from tui_registry.ui.screens.dialogs import Confirm
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.prices import PricesScreen
from tui_registry.ui.terminal.key_check import Pressed

WHOLE = """
theme = "nord"
copy_command = "xclip -selection clipboard"
price_mix = "1:1"
mouse = false
ascii = true
slow = true

[keys]
"record.delete" = "X"
form.save = "f9"
"""


def test_everything_that_can_be_set_is_read() -> None:
    read = parse_settings(WHOLE)
    assert read.complaints == ()
    assert read.settings == Settings(
        keys={"record.delete": "X", "form.save": "f9"},
        theme="nord",
        copy_command=("xclip", "-selection", "clipboard"),
        price_mix=(1, 1),
        mouse=False,
        ascii=True,
        slow=True,
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('colour = "red"', "there is no setting colour. There are keys, theme"),
        ('tehme = "nord"', "there is no setting tehme. Did you mean theme?"),
        ("theme = 3", "theme is the name of a theme"),
        ('mouse = "no"', "mouse is true or false."),
        ("ascii = 1", "ascii is true or false."),
        ("slow = 0", "slow is true or false."),
        ('price_mix = "0:0"', "price_mix is parts of input to parts of output"),
        ("price_mix = 3", "price_mix is parts of input to parts of output"),
        ('copy_command = "xclip \'a"', "copy_command is a command"),
        ('copy_command = ""', "copy_command is a command"),
        ('keys = "j"', "keys is a table"),
        ('keys = { "record.delete" = 4 }', 'keys are texts, as in "record.delete"'),
    ],
)
def test_what_cannot_be_followed_is_told_with_its_line_and_the_rest_holds(line: str, sentence: str) -> None:
    read = parse_settings(f"# mine\n{line}\n")
    assert len(read.complaints) == 1
    assert read.complaints[0].removeprefix("config.toml line 2: ").startswith(sentence)
    assert read.settings == Settings()


def test_a_setting_with_a_control_character_is_told_without_it() -> None:
    assert "there is no setting �[31m." in parse_settings('"\\u001b[31m" = 1').complaints[0]


@pytest.mark.parametrize(
    ("written", "reason"),
    [(b"theme = ", "it is not TOML"), (b"\xff", "it is not UTF-8"), (b"#" * 200_000, "it is larger than")],
    ids=range(3),
)
def test_a_file_that_is_no_settings_is_told_and_the_defaults_hold(
    tmp_path: Path, written: bytes, reason: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(written)
    read = read_settings(path)
    assert read.settings == Settings()
    assert f"{path} is not followed: {reason}" in read.complaints[0]


def test_a_directory_in_its_place_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in read_settings(tmp_path).complaints[0]


def test_without_a_file_the_defaults_hold_and_nothing_is_made(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "config" / "config.toml") == SettingsFile()
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_others_could_have_written_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('copy_command = "xclip"\ntheme = "nord"\n', encoding="utf-8")
    path.chmod(0o600)
    assert read_settings(path).settings.copy_command == ("xclip",)
    path.chmod(0o622)
    read = read_settings(path)
    assert (read.settings.copy_command, read.settings.theme) == ((), "nord")
    assert "chmod 600" in read.complaints[0]


def test_an_option_outdoes_the_settings() -> None:
    settings = Settings(ascii=True, mouse=False, slow=True)
    assert merged(Choices(), settings) == Choices(ascii=True, mouse=False, slow=True)
    assert merged(Choices(ascii=True, mouse=False, slow=True), Settings()).slow


def test_the_first_theme_that_there_is_is_taken_and_only_an_option_is_refused() -> None:
    names = ["nord", "gruvbox", "ansi-dark"]
    wishes = [("--theme", None), ("config.toml line 1", "nrd"), ("TEXTUAL_THEME", "gruvbox")]
    theme, complaints = chosen_theme(wishes, names)
    assert theme == "gruvbox"
    assert complaints == ["config.toml line 1: there is no theme nrd. Choose for example nord."]
    with pytest.raises(InvalidInput, match="gruvbox"):
        chosen_theme([("--theme", "gruvbx")], names)
    assert {"nord", "gruvbox", "ansi-dark", "textual-light"} <= set(theme_names())


# Keys of one's own.


def test_the_usual_keys_do_not_clash() -> None:
    held = OwnKeys({key.id: key.keys for key in KEYS})
    assert own_keys({key.id: ",".join(map(printed, key.names)) for key in KEYS if key.id != "x"}) == held


def test_every_key_is_spelled_as_it_is_printed() -> None:
    assert [spelled(printed(name)) for key in KEYS for name in key.names] == [
        name for key in KEYS for name in key.names
    ]


@pytest.mark.parametrize(
    ("wish", "keys"),
    [
        ("X", "X"),
        ("X, f5", "X,f5"),
        ("!", "exclamation_mark"),
        (",", "comma"),
        ("esc", "escape"),
        ("PgDn", "pagedown"),
        ("Ctrl+Y", "ctrl+y"),
        ("shift+down", "shift+down"),
    ],
)
def test_keys_are_written_as_people_write_them(wish: str, keys: str) -> None:
    free = {"list.page_down": "f9", "app.back": "f10"}
    own = own_keys({**free, "record.delete": wish})
    assert own.complaints == ()
    assert own.keymap["record.delete"] == keys


@pytest.mark.parametrize(
    ("key_id", "wish", "sentence"),
    [
        ("record.delet", "X", "there is no binding record.delet. Did you mean record.delete?"),
        ("record.delete", "", "record.delete needs a key"),
        ("record.delete", "ctrl+h", "ctrl+h arrives as backspace"),
        ("record.delete", "ctrl+i", "ctrl+i arrives as tab"),
        ("record.delete", "ctrl+m", "ctrl+m arrives as enter"),
        ("record.delete", "ctrl+[", "ctrl+[ arrives as esc"),
        ("record.delete", "alt+d", "alt+d does not arrive in every terminal"),
        ("record.delete", "ctrl+space", "ctrl+space does not arrive"),
        ("record.delete", "ctrl+shift+a", "ctrl+shift+a does not arrive"),
        ("record.delete", "hom", "hom is no key. Did you mean home?"),
        ("record.delete", "e", "record.edit and record.delete would both use e"),
        ("record.delete", "?", "record.delete and app.keys would both use ?"),
        ("list.filter", "ctrl+q", "list.filter and app.quit_now would both use ctrl+q"),
        ("form.save", "x", "form.save cannot be x, which is typed into fields"),
        ("form.save", "ctrl+u", "form.save cannot be ctrl+u, which edits the line"),
        ("form.fix", "ctrl+s", "form.save and form.fix would both use ctrl+s"),
        ("form.fix", "ctrl+q", "app.quit_now and form.fix would both use ctrl+q"),
        ("app.quit_now", "Q", "app.quit_now cannot be Q, which is typed into fields"),
    ],
)
def test_a_key_that_cannot_be_is_told_and_the_usual_one_holds(key_id: str, wish: str, sentence: str) -> None:
    own = own_keys({key_id: wish}, {key_id: "config.toml line 7"})
    assert own.keymap == {}
    assert own.complaints[0].startswith(f"config.toml line 7: {sentence}")


def test_two_keys_may_change_places() -> None:
    own = own_keys({"record.edit": "d", "record.delete": "e"})
    assert own.complaints == ()
    assert own.names(BY_ID["record.edit"]) == ("d",)


def test_a_refused_wish_takes_along_only_what_it_clashes_with() -> None:
    own = own_keys({"record.edit": "d", "record.delete": "hom", "sort.menu": "o"})
    assert own.keymap == {"sort.menu": "o"}
    assert len(own.complaints) == 2


async def test_own_keys_work_and_are_shown_in_the_footer_the_key_page_and_the_commands(full: Session) -> None:
    full.desk.keys = own_keys({"record.delete": "X", "app.keys": "f5", "form.save": "f9", "record.edit": "!"})
    app = full.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await on_screen(pilot, "X Delete")
        await pilot.press("2")
        await on_screen(pilot, "2,3")
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(app.screen, ListScreen)
        await pilot.press("X")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        await pilot.press("exclamation_mark")
        await on_screen(pilot, "Save f9")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        listed = app.get_system_commands(app.screen)  # type: ignore[arg-type]
        commands = {command.title: command.help for command in listed}
        assert "(X)" in commands["Delete"]
        await pilot.press("f5")
        await on_screen(pilot, "IN A FORM")
        lines = screen_text(pilot).splitlines()
        assert any("X " in line and "delete (asks, then y)" in line for line in lines)
        assert any("f9 " in line and "check and save" in line for line in lines)


async def test_complaints_stand_in_the_banner_and_the_app_works(full: Session) -> None:
    full.desk.complaints = ("config.toml line 1: mouse is true or false.", "another")
    app = full.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "! config.toml line 1: mouse is true or false. (1 more: tui-registry keys)")
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, PricesScreen))
        await on_screen(pilot, "mouse is true or false")


def with_settings(tmp_path: Path, text: str) -> Shell:
    """A home with one provider and these settings."""
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    (shell.root / "config").mkdir()
    (shell.root / "config" / "config.toml").write_text(text, encoding="utf-8")
    return shell


def test_a_bad_file_is_told_before_the_screen_is_taken_and_stops_nothing(tmp_path: Path) -> None:
    shell = with_settings(tmp_path, 'mouse = "no"\ntheme = "nrod"\n[keys]\n"record.edit" = "n"\n')
    terminal = Watched(shell.root)
    terminal.shows("Groq")
    terminal.type("q")
    assert terminal.end() == 0
    before = terminal.written.split(b"\x1b[?1049h")[0].decode()
    assert "config.toml line 1: mouse is true or false." in before
    assert "config.toml line 2: there is no theme nrod. Choose for example nord" in before
    assert "config.toml line 4: record.edit and record.new would both use n" in before


def test_the_mouse_stays_with_the_terminal_and_ascii_is_drawn_when_so_set(tmp_path: Path) -> None:
    terminal = Watched(with_settings(tmp_path, "mouse = false\nascii = true\n").root)
    terminal.shows("Groq")
    terminal.type("q")
    assert terminal.end() == 0
    assert b"\x1b[?1000h" not in terminal.written
    assert terminal.written.isascii()


def test_an_unknown_theme_of_the_environment_is_told_and_stops_nothing(tmp_path: Path) -> None:
    shell = with_settings(tmp_path, "")
    terminal = Watched(shell.root, environ={"TEXTUAL_THEME": "nrod"})
    terminal.shows("Groq")
    terminal.type("q")
    assert terminal.end() == 0
    assert b"TEXTUAL_THEME: there is no theme nrod" in terminal.written


def test_keys_prints_the_map_as_it_holds_and_tells_what_does_not(tmp_path: Path) -> None:
    shell = with_settings(tmp_path, '[keys]\n"record.delete" = "X"\n"record.edt" = "x"\n')
    result = shell.run("keys")
    assert result.exit_code == 0
    assert next(line for line in result.stdout.splitlines() if "delete (asks" in line).split()[1] == "X"
    assert "there is no binding record.edt. Did you mean record.edit?" in result.stderr
    held = {each["id"]: each["keys"] for each in shell.json("keys")}
    assert held["record.delete"] == ["X"]
    assert held["record.edit"] == ["e"]


# What a pressed key arrives as.


def test_pressed_keys_are_told_with_their_bytes_names_and_actions() -> None:
    pressed = Pressed(own_keys({"record.delete": "X"}))
    assert pressed.take(b"jX\x1bOP\xc3\xa9") == [
        "j                        j                        list.down",
        "X                        X                        record.delete",
        "ESC O P                  f1                       app.keys",
        "c3 a9                    é",
    ]


def test_only_q_pressed_twice_in_a_row_ends_the_check() -> None:
    pressed = Pressed(OwnKeys({}))
    pressed.take(b"qxq")
    assert not pressed.ended
    pressed.take(b"q")
    assert pressed.ended


def test_the_check_runs_in_a_terminal_and_leaves_it_as_it_was(tmp_path: Path) -> None:
    shell = with_settings(tmp_path, '[keys]\n"record.delete" = "X"\n')
    terminal = Watched(shell.root, "keys", "--check")
    terminal.shows("Bound to")
    terminal.type("\x1b")
    terminal.shows("app.back")
    terminal.type("\x03")
    terminal.shows("app.copy_or_quit")
    terminal.type("qq")
    assert terminal.end() == 0
    assert terminal.written.endswith(b"\x1b[<u")


def test_the_check_needs_a_terminal(tmp_path: Path) -> None:
    assert "terminal" in Shell(tmp_path / "home").refused("keys", "--check")


# Reading only.


async def test_keys_that_write_are_dim_and_say_why_where_nothing_may_change(
    full: Session,
) -> None:
    from tui_registry.catalog import known_providers
    from tui_registry.store import Store

    reading = Store.open(
        full.store.path,
        vault=full.desk.vault,
        clock=full.home.clock,
        known=known_providers(),
        create=False,
        read_only=True,
    )
    full.desk.store = reading
    app = RegistryApp(full.desk)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await on_screen(pilot, "READ-ONLY")
        bindings = app.screen.active_bindings
        assert not bindings["e"].enabled
        assert bindings["slash"].enabled
        await on_screen(pilot, "e Edit")
        for key in ("e", "E", "n", "c", "d", "K", "p", "l", "t", "i", "T"):
            await pilot.press(key)
            await on_screen(pilot, "open for reading only")
            assert isinstance(app.screen, ListScreen), key
            app.clear_notifications()
            await until(pilot, lambda: "open for reading only" not in screen_text(pilot))
        await pilot.press("enter")
        await on_screen(pilot, "Base URL")
        await pilot.press("e")
        await on_screen(pilot, "open for reading only")
    reading.close()


def test_nothing_is_kept_or_made_when_only_read(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    shell.done("provider", "add", "Groq")
    before = sorted(path for path in shell.root.rglob("*"))
    terminal = Watched(shell.root, "--read-only")
    terminal.shows("READ-ONLY")
    terminal.type("q")
    assert terminal.end() == 0
    assert sorted(path for path in shell.root.rglob("*")) == before


def test_a_copy_command_of_the_settings_is_given_what_is_copied(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    shell = with_settings(tmp_path, f"copy_command = \"sh -c 'cat > {taken}'\"\n")
    terminal = Watched(shell.root)
    terminal.shows("Groq")
    terminal.type("y")
    terminal.shows("Copy from")
    terminal.quiet(0.4)
    terminal.type("u")
    terminal.shows("Copied")
    terminal.type("q")
    assert terminal.end() == 0
    assert os.path.exists(taken)
    assert "groq.com" in taken.read_text(encoding="utf-8")
