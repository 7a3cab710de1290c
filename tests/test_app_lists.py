"""The lists by keyboard: views, moving, filter, order, pages, and getting back."""

from textual.widgets import Input

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.pages import ModelPage, ProviderPage

NARROW, WIDE = (80, 24), (120, 36)


def listed(app: RegistryApp) -> ListScreen:
    """The list that is shown."""
    assert isinstance(app.screen, ListScreen)
    return app.screen


async def test_numbers_brackets_and_minus_go_from_view_to_view(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        for key, view in zip("12345", ("providers", "models", "prices", "limits", "history"), strict=True):
            await pilot.press(key)
            assert app.current_mode == view
        await pilot.press("right_square_bracket")
        assert app.current_mode == "providers"
        await pilot.press("left_square_bracket")
        assert app.current_mode == "history"
        await pilot.press("2", "4", "minus")
        assert app.current_mode == "models"
        await pilot.press("minus")
        assert app.current_mode == "limits"


async def test_the_cursor_stays_on_its_record_when_the_order_changes(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "Anthropic")
        table = listed(app).table
        await pilot.press("j", "j", "j")
        record = table.cursor_id
        await pilot.press("S")
        await until(pilot, lambda: table.cursor_position > 3)
        assert table.cursor_id == record
        await pilot.press("greater_than_sign")
        await on_screen(pilot, "sorted by models")
        assert table.cursor_id == record


async def test_the_sort_menu_orders_by_the_chosen_column(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("s")
        await on_screen(pilot, "Sort providers by")
        await pilot.pause(0.3)
        assert "c  Models" in screen_text(pilot)
        await pilot.press("c", "S")
        await on_screen(pilot, "Models ▼")
        assert "OpenRouter" in screen_text(pilot).splitlines()[3]


async def test_a_filter_narrows_as_it_is_typed_enter_keeps_it_and_escape_clears_it(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("2")
        await on_screen(pilot, "2,329, sorted")
        await pilot.press("slash")
        await type_text(pilot, "provider:groq ctx>=128k")
        await until(pilot, lambda: (listed(app).table.total or 0) < 100)
        assert all("Groq" in line for line in screen_text(pilot).splitlines()[3:8])
        await pilot.press("enter")
        table = listed(app).table
        assert app.focused is table
        assert table.cursor_position == 0
        await on_screen(pilot, "/ provider:groq ctx>=128k")
        await pilot.press("j")
        record = table.cursor_id
        await pilot.press("escape")
        await on_screen(pilot, "2,329, sorted")
        await until(pilot, lambda: table.cursor_position > 100)
        assert table.cursor_id == record, "what the filter found is still under the cursor"


async def test_letters_typed_into_the_filter_stay_letters(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("slash")
        await type_text(pilot, "q123edus?:/ ")
        assert listed(app).filter_text == "q123edus?:/ "
        await on_screen(pilot, "No provider matches")
        await pilot.press("escape")
        await on_screen(pilot, "36, sorted by name")


async def test_a_filter_that_is_not_understood_says_so(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("2", "slash")
        await type_text(pilot, "ctx>>1")
        await on_screen(pilot, "ctx>>1` is not")


async def test_enter_opens_a_page_and_escape_or_q_goes_back(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProviderPage))
        await on_screen(pilot, "Base URL")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        await pilot.press("2")
        await on_screen(pilot, "sorted by provider")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelPage))
        await on_screen(pilot, "Context")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        assert app.is_running


async def test_m_shows_the_models_of_the_provider_under_the_cursor(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("j", "m")
        await on_screen(pilot, 'provider:"Anthropic"')
        await until(pilot, lambda: listed(app).table.total == 27)


async def test_the_keys_page_shows_the_keys_that_work_here(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=WIDE) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("question_mark")
        await on_screen(pilot, "API key: set, move, remove")
        await pilot.press("escape")
        await on_screen(pilot, "sorted by name")
        await pilot.press("5", "f1")
        await on_screen(pilot, "IN A FORM")
        assert "API key" not in screen_text(pilot)


async def test_commands_run_what_a_key_does(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await type_text(pilot, "limits")
        await pilot.pause(0.5)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "Limits of" in screen_text(pilot) or app.current_mode == "limits")


async def test_q_and_ctrl_q_quit_at_the_top(full: Session) -> None:
    for key in ("q", "ctrl+q"):
        app = full.app()
        async with app.run_test(size=NARROW) as pilot:
            await on_screen(pilot, "Anthropic")
            await pilot.press(key)
            await until(pilot, lambda app=app: not app.is_running)  # type: ignore[misc]


async def test_ctrl_c_quits_only_when_it_is_pressed_twice(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("ctrl+c")
        await on_screen(pilot, "ctrl+c again quits")
        assert app.is_running
        await pilot.press("ctrl+c")
        await until(pilot, lambda: not app.is_running)


async def test_a_click_on_a_view_goes_there(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.click("TopLine", offset=(28, 0))
        assert app.current_mode == "prices"


async def test_r_and_ctrl_l_read_and_draw_again_without_moving_the_cursor(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("j", "j")
        before = screen_text(pilot)
        await pilot.press("r", "ctrl+l")
        await pilot.pause()
        assert screen_text(pilot) == before
        assert listed(app).table.cursor_position == 2


async def test_the_filter_line_names_its_terms_and_only_keys_that_are_not_typed(full: Session) -> None:
    async with full.app().run_test(size=NARROW) as pilot:
        await pilot.press("5", "slash")
        await on_screen(pilot, "word, provider:groq, model:llama, status:fail; f1 lists all")
        await on_screen(pilot, "esc Clear f1 Keys")
        assert "/ Filter" not in screen_text(pilot)
        await pilot.press("f1", "end")
        await on_screen(pilot, "since:7d")
