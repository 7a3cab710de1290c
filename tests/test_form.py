"""A form takes what is typed as it is typed, and says what is wrong where it is wrong."""

import pytest
from textual.widgets import Checkbox, Input, Select

from tests.form_host import Host, host_of, opened
from tests.form_sample import (
    FIELDS,
    PER_TOKEN,
    VALUES,
    Draft,
    field,
    focus,
    form_of,
    parse,
    paste,
    picture,
    provider_form,
    save,
    write,
)
from tui_registry.errors import InvalidInput
from tui_registry.ui.forms.form import Field, FormScreen

SIZES = [(80, 24), (120, 36)]


class TestTyping:
    @pytest.mark.parametrize("name", ["name", "endpoint", "price", "context", "website"])
    async def test_letters_that_are_keys_elsewhere_land_in_the_field(self, name: str) -> None:
        async with opened(provider_form({})) as pilot:
            field(pilot, name).focus()
            await pilot.press(*"q123edus?:/ ")
            assert field(pilot, name).value == "q123edus?:/ "

    async def test_focusing_a_field_selects_nothing_and_the_cursor_does_not_blink(self) -> None:
        async with opened(provider_form()) as pilot:
            await pilot.press("tab", "x")
            assert field(pilot, "endpoint").value == "https://api.groq.com/v1x"
            assert not any(each.cursor_blink for each in form_of(pilot).query(Input))

    async def test_an_echo_says_how_the_text_is_read(self) -> None:
        async with opened(provider_form()) as pilot:
            assert "unknown" in picture(pilot)
            await write(pilot, "context", "128k")
            assert "= 128k" in picture(pilot)

    async def test_a_changed_field_shows_what_it_was(self) -> None:
        async with opened(provider_form()) as pilot:
            assert "was" not in picture(pilot)
            await write(pilot, "price", "15")
            assert "USD per 1M tokens   was 3.00" in picture(pilot)
            await write(pilot, "name", "Groc")
            assert "was Groq" in picture(pilot)

    async def test_the_focused_field_is_marked(self) -> None:
        async with opened(provider_form()) as pilot:
            assert "▸ Name *" in picture(pilot)
            await pilot.press("tab")
            assert "▸ Base URL *" in picture(pilot)
            assert "▸ Name *" not in picture(pilot)


class TestMoving:
    ORDER = ("name", "endpoint", "price", "context", "dialect", "streams", "website")

    @pytest.mark.parametrize("key", ["tab", "down", "enter"])
    async def test_forward(self, key: str) -> None:
        async with opened(provider_form()) as pilot:
            for name in self.ORDER:
                assert focus(pilot) == f"field-{name}"
                await pilot.press("tab" if name == "dialect" and key == "enter" else key)
            assert focus(pilot) == "form-save"

    @pytest.mark.parametrize("key", ["shift+tab", "up"])
    async def test_backward(self, key: str) -> None:
        async with opened(provider_form()) as pilot:
            form_of(pilot).query_one("#form-save").focus()
            await pilot.pause()
            for name in reversed(self.ORDER):
                await pilot.press(key)
                assert focus(pilot) == f"field-{name}"

    async def test_enter_all_the_way_saves(self) -> None:
        async with opened(provider_form()) as pilot:
            field(pilot, "website").focus()
            await pilot.press("enter", "enter")
            await pilot.pause()
            assert host_of(pilot).answers == [parse({**VALUES, "context": "", "website": ""})]

    async def test_enter_submits_a_form_of_one_field(self) -> None:
        form: FormScreen[Draft] = FormScreen("Rename", FIELDS[:1], {}, dict, save)
        async with opened(form) as pilot:
            await pilot.press(*"Poe", "enter")
            await pilot.pause()
            assert host_of(pilot).answers == [{"name": "Poe"}]

    async def test_a_field_below_the_fold_scrolls_into_view_with_the_line_under_it(self) -> None:
        fields = [Field(f"f{number}", f"Field {number}") for number in range(40)]

        def refuse(raw: dict[str, str]) -> Draft:
            raise InvalidInput({"f39": "Write something else."})

        form: FormScreen[Draft] = FormScreen("Long", fields, {}, refuse, save)
        async with opened(form) as pilot:
            assert "Field 39" not in picture(pilot)
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert "▸ Field 39" in picture(pilot)
            assert "! Write something else." in picture(pilot)


class TestChecking:
    async def test_nothing_is_said_while_a_field_is_typed_in_the_first_time(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "endpoint", "api")
            assert "! " not in picture(pilot)

    async def test_leaving_a_changed_field_checks_it_and_putting_it_right_clears_it_at_once(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "endpoint", "api")
            await pilot.press("tab")
            await pilot.pause()
            assert "! Start with https:// or http://, for example" in picture(pilot)
            assert "1 change, 1 problem" in picture(pilot)
            field(pilot, "endpoint").focus()
            await pilot.press("home", *"https://")
            assert "! " not in picture(pilot)
            assert "1 change   * required" in picture(pilot)

    async def test_leaving_an_empty_or_untouched_field_says_nothing(self) -> None:
        async with opened(provider_form({**VALUES, "endpoint": "nonsense"})) as pilot:
            await write(pilot, "name", "")
            await pilot.press("tab", "tab")
            await pilot.pause()
            assert "! " not in picture(pilot)

    @pytest.mark.parametrize("key", ["ctrl+s", "f2"])
    async def test_saving_checks_all_and_goes_to_the_first_wrong_field(self, key: str) -> None:
        async with opened(provider_form({"price": "3,50"})) as pilot:
            field(pilot, "website").focus()
            await pilot.press(key)
            await pilot.pause()
            assert focus(pilot) == "field-name"
            for line in (
                "! Write a name",
                "! Start with https://",
                "! Write 3.50 with a point.",
                "3 problems",
            ):
                assert line in picture(pilot)
            assert host_of(pilot).answers == []

    async def test_a_suggestion_is_taken_with_a_key(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "price", "0.000015")
            assert "Take" not in picture(pilot)
            await pilot.press("tab", "shift+tab")
            await pilot.pause()
            assert f"! {PER_TOKEN} ctrl+f changes it to" in picture(pilot)
            assert "ctrl+f Take" in picture(pilot)
            await pilot.press("ctrl+f")
            await pilot.pause()
            assert field(pilot, "price").value == "15.00"
            assert "! " not in picture(pilot)

    async def test_a_warning_is_seen_once_and_then_does_not_block(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "price", "0.000015")
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert host_of(pilot).answers == []
            assert "1 change, 1 warning" in picture(pilot)
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert len(host_of(pilot).answers) == 1

    async def test_a_problem_of_a_field_the_form_does_not_have_stands_above_the_fields(self) -> None:
        def refuse(raw: dict[str, str]) -> Draft:
            raise InvalidInput({"currency": "Write three letters."})

        form: FormScreen[Draft] = FormScreen("Price", FIELDS, VALUES, refuse, save)
        async with opened(form) as pilot:
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert "! Write three letters." in picture(pilot)


class TestChoicesAndChecks:
    async def test_arrows_pass_a_choice_and_enter_opens_it(self) -> None:
        async with opened(provider_form()) as pilot:
            choice = form_of(pilot).query_one("#field-dialect", Select)
            choice.focus()
            await pilot.press("down")
            assert focus(pilot) == "field-streams"
            await pilot.press("up", "enter")
            assert choice.expanded
            await pilot.press("down", "enter")
            await pilot.pause()
            assert form_of(pilot).texts["dialect"] == "gemini"
            assert "was OpenAI" in picture(pilot)

    async def test_escape_closes_an_open_choice_and_not_the_form(self) -> None:
        async with opened(provider_form()) as pilot:
            form_of(pilot).query_one("#field-dialect").focus()
            await pilot.press("space", "escape")
            await pilot.pause()
            assert host_of(pilot).answers == []
            assert focus(pilot) == "field-dialect"

    async def test_a_value_that_is_no_longer_offered_is_kept(self) -> None:
        async with opened(provider_form({**VALUES, "dialect": "[old]"})) as pilot:
            assert form_of(pilot).texts["dialect"] == "[old]"
            assert "[old]" in picture(pilot)
            assert not form_of(pilot).has_unsaved()

    async def test_a_check_box_reads_without_colour_and_space_toggles_it(self) -> None:
        async with opened(provider_form()) as pilot:
            assert "[x] Streaming" in picture(pilot)
            box = form_of(pilot).query_one("#field-streams", Checkbox)
            box.focus()
            await pilot.press("space")
            await pilot.pause()
            assert "[ ] Streaming" in picture(pilot)
            assert form_of(pilot).texts["streams"] == "false"
            await pilot.press("enter")
            assert focus(pilot) == "field-website"


class TestDrawing:
    @pytest.mark.parametrize("size", SIZES)
    async def test_labels_texts_hints_and_keys_are_aligned_and_whole(self, size: tuple[int, int]) -> None:
        async with opened(provider_form(), size) as pilot:
            lines = picture(pilot).splitlines()
            starts = {
                line.index(text)
                for line in lines
                for text in ("Groq  ", "https://api.groq.com/v1", "3.00 ", "OpenAI", "[x]")
                if text in line and "─" not in line
            }
            assert len(starts) == 1
            for name in ("name", "dialect", "streams"):
                form_of(pilot).query_one(f"#field-{name}").focus()
                await pilot.pause()
                assert picture(pilot).splitlines()[-1].rstrip() == "ctrl+s Save esc Close f1 Keys"
            assert any("Save ctrl+s    Cancel esc" in line for line in lines)
            assert any("no changes   * required ─╯" in line for line in lines)

    async def test_a_small_terminal_is_filled_and_a_wide_one_keeps_the_list_in_sight(self) -> None:
        async with opened(provider_form(), (80, 24)) as pilot:
            assert "the list below" not in picture(pilot)
            assert picture(pilot).splitlines()[0].startswith("╭─ Provider Groq")
        async with opened(provider_form(), (120, 36)) as pilot:
            assert "the list below" in picture(pilot)

    async def test_hostile_text_is_shown_as_text_and_said_to_be_replaced(self) -> None:
        hostile = "a[/b]c \x1b]0;x\x07\u202e"
        form: FormScreen[Draft] = FormScreen(
            hostile, FIELDS, {**VALUES, "name": hostile}, parse, save, intro=hostile
        )
        async with opened(form) as pilot:
            assert picture(pilot).count("a[/b]c �]0;x��") == 3
            assert "! Held characters that cannot be shown" in picture(pilot)
            assert not form.has_unsaved()

    @pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
    async def test_every_theme_draws_the_same_letters(self, theme: str) -> None:
        host = Host()
        async with host.run_test(size=(80, 24)) as pilot:
            host.theme = theme
            await host.push_screen(provider_form())
            await pilot.pause()
            assert "▸ Name *" in host.picture()

    async def test_without_colour_the_focused_field_is_underlined(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        async with opened(provider_form()) as pilot:
            await pilot.pause()
            assert field(pilot, "name").rich_style.underline
            assert not field(pilot, "endpoint").rich_style.underline
            assert field(pilot, "name").get_component_rich_style("input--cursor").reverse


BAD_PASTES = [
    ("x" * 1_000_000, "! That text has 1,000,000 characters"),
    ("one\ntwo", "! That text has several lines; paste one line."),
    ("a\x1b]52;c;eA==\x07", "! That text holds control characters; paste plain text."),
]


class TestPasting:
    @pytest.mark.parametrize(("text", "sentence"), BAD_PASTES)
    async def test_what_does_not_belong_in_a_line_is_refused_with_a_sentence(
        self, text: str, sentence: str
    ) -> None:
        async with opened(provider_form()) as pilot:
            await paste(pilot, "name", text)
            assert field(pilot, "name").value == "Groq"
            assert sentence in picture(pilot)
            await pilot.press("x")
            assert "! " not in picture(pilot)

    async def test_blanks_around_a_paste_are_left_out(self) -> None:
        async with opened(provider_form({})) as pilot:
            await paste(pilot, "price", " 3.00\n")
            assert field(pilot, "price").value == "3.00"

    async def test_a_full_field_says_so(self) -> None:
        async with opened(provider_form({})) as pilot:
            await paste(pilot, "name", "x" * 4096)
            await pilot.press("y")
            await pilot.pause()
            assert "! No more than 4,096 characters fit here." in picture(pilot)
            assert len(field(pilot, "name").value) == 4096
