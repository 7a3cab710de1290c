"""What is done with marked records: deleted after one question, and compared side by side."""

import pytest

from tests.conftest import Session
from tests.driving import on_screen, screen_text, type_text, until
from tests.registries import add_model, done, limits_draft, model_pricing_draft, owner_of, provider_draft
from tui_registry.store import Model, new_result
from tui_registry.ui.actions.deleting_marked import TYPED_ABOVE
from tui_registry.ui.screens.compare import Compared, compared, mix, read_sides
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.screens.record_page import RecordPage

NARROW, WIDE = (80, 24), (120, 36)


def models_of_groq(session: Session, count: int, **facts: object) -> list[Model]:
    groq = session.store.reads.provider("Groq")
    return [add_model(session.store, groq, f"zz-{number:02}", **facts) for number in range(count)]


def verified(session: Session, row: Model) -> None:
    """Give a model a result, so that it cannot be deleted."""
    owner = owner_of(session.store, row)
    result = new_result(provider=owner, model=row, test_type="chat", status="pass", score=0.5)
    done(session.store, lambda write: write.record_result(result))


async def mark_all(pilot: object, session: Session, view: str, expression: str, count: int) -> None:
    """Go to a view, filter it, and mark what it shows."""
    await pilot.press(view, "slash")  # type: ignore[attr-defined]
    await type_text(pilot, expression)  # type: ignore[arg-type]
    await pilot.press("enter")  # type: ignore[attr-defined]
    await on_screen(pilot, f"{count} of ")  # type: ignore[arg-type]
    await pilot.press("asterisk")  # type: ignore[attr-defined]
    await on_screen(pilot, f"{count} marked")  # type: ignore[arg-type]


async def test_marked_models_are_deleted_after_one_question(full: Session) -> None:
    rows = models_of_groq(full, 3)
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await mark_all(pilot, full, "2", "zz-", 3)
        await pilot.press("d")
        await on_screen(pilot, "Delete 3 models?")
        assert "Groq/zz-02" in screen_text(pilot)
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Deleted 3 models.")
        await on_screen(pilot, "No model matches")
    assert {row.id for row in rows} & {
        each.id for each in full.store.reads.models(rows[0].provider_id)
    } == set()


async def test_what_others_deleted_meanwhile_is_told_apart_and_equal_names_are_two_records(
    full: Session,
) -> None:
    """A provider `Own` with the model `x/zz` and a provider `Own/x` with the model `zz`."""
    rows = []
    for name, model_id in (("Own", "x/zz"), ("Own/x", "zz")):
        draft = provider_draft(name, "https://own.example/v1")
        owner = done(full.store, lambda write, draft=draft: write.add_provider(draft, custom=True))  # type: ignore[misc]
        rows.append(add_model(full.store, owner, model_id))
    gone = models_of_groq(full, 1)[0]
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await mark_all(pilot, full, "2", "zz", 3)
        await pilot.press("d")
        await on_screen(pilot, "Delete 3 models?")
        assert screen_text(pilot).count("Own/x/zz") >= 2
        done(full.store, lambda write: write.delete_model(gone))
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Deleted 2 models. Not here any more: 1.")
    held = {row.id for owner in full.store.reads.providers() for row in full.store.reads.models(owner.id)}
    assert not held & {row.id for row in [*rows, gone]}


async def test_what_stays_is_listed_with_its_reason_and_keeps_its_mark(full: Session) -> None:
    rows = models_of_groq(full, 3)
    verified(full, rows[1])
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await mark_all(pilot, full, "2", "zz-", 3)
        await pilot.press("d")
        await on_screen(pilot, "Delete 3 models?")
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Deleted 2 models. These stay:")
        assert "zz-01 has 1 result, so it stays." in screen_text(pilot)
        await pilot.pause(0.3)
        await pilot.press("escape")
        await on_screen(pilot, "1 marked")
        assert isinstance(app.screen, ListScreen)
        assert app.screen.table.marks == {rows[1].id}


async def test_many_models_are_deleted_only_when_their_number_is_typed(full: Session) -> None:
    rows = models_of_groq(full, TYPED_ABOVE + 1)
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await mark_all(pilot, full, "2", "zz-", len(rows))
        await pilot.press("d")
        await on_screen(pilot, "Type 21 and press enter to delete 21 models.")
        await pilot.pause(0.3)
        await pilot.press("y", "enter")
        await on_screen(pilot, "That is not 21; nothing was done.")
        assert full.store.reads.model_by_id(rows[0].id)
        await pilot.press("backspace")
        await type_text(pilot, "21")
        await pilot.press("enter")
        await on_screen(pilot, "Deleted 21 models.")
    assert [each.reason for each in full.store.backups()] == ["delete"]


async def test_marked_providers_stay_when_they_have_models(full: Session) -> None:
    app = full.app()
    before = [row.name for row in full.store.reads.providers()]
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("space", "space", "d")
        await on_screen(pilot, "Delete 2 providers?")
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "2 of 2 providers stay")
        await pilot.pause(0.3)
        await pilot.press("q")
        await on_screen(pilot, "2 marked")
    assert [row.name for row in full.store.reads.providers()] == before


async def test_marked_prices_are_forgotten_and_what_has_none_is_left_out(full: Session) -> None:
    rows = models_of_groq(full, 3)
    price = model_pricing_draft(1e-06, 2e-06)
    for row in rows[:2]:
        done(full.store, lambda write, row=row: write.save_model_pricing(row, price, None))  # type: ignore[misc]
    async with full.app().run_test(size=NARROW, notifications=True) as pilot:
        await mark_all(pilot, full, "3", "zz-", 3)
        await pilot.press("d")
        await on_screen(pilot, "Delete the prices of 2 models?")
        assert "Groq/zz-02" not in screen_text(pilot)
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Deleted the prices of 2 models.")
        await pilot.press("d")
        await on_screen(pilot, "No marked model has a price of its own.")
    assert [full.store.reads.model_pricing(row.id) for row in rows] == [None] * 3


async def test_marked_limits_are_forgotten(full: Session) -> None:
    held = [full.store.reads.provider(name) for name in ("Groq", "OpenAI")]
    limits = limits_draft(requests_per_minute=5)
    for row in held:
        done(full.store, lambda write, row=row: write.save_limits(row, limits, None))  # type: ignore[misc]
    async with full.app().run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("4")
        await on_screen(pilot, "sorted by provider")
        await pilot.press("asterisk")
        await on_screen(pilot, "marked")
        await pilot.press("d")
        await on_screen(pilot, "Delete the limits of 2 providers?")
        await pilot.pause(0.3)
        await pilot.press("y")
        await on_screen(pilot, "Deleted the limits of 2 providers.")
    assert [full.store.reads.limits(row.id) for row in held] == [None] * 2


async def test_a_key_typed_ahead_of_a_question_opens_nothing_over_it(full: Session) -> None:
    models_of_groq(full, 2)
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await mark_all(pilot, full, "2", "zz-", 2)
        assert isinstance(app.screen, ListScreen)
        app.screen.action_delete()  # type: ignore[attr-defined]
        app.screen.action_copy()
        await on_screen(pilot, "Delete 2 models?")
        await pilot.pause(0.3)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))
        assert "Copy from" not in screen_text(pilot)


@pytest.mark.parametrize("view", ["2", "3"])
async def test_two_marked_models_stand_side_by_side_and_differences_have_a_sign(
    full: Session, view: str
) -> None:
    first, second = models_of_groq(full, 2, max_output_tokens=8192)
    done(full.store, lambda write: write.save_model_pricing(first, model_pricing_draft(1e-6, 2e-6), None))
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await mark_all(pilot, full, view, "zz-", 2)
        await pilot.press("C")
        await on_screen(pilot, "2 models, prices per 1M tokens")
        lines = {line[4:17].strip(): line for line in screen_text(pilot).splitlines()}
        assert lines["Price in"][2] == "≠"
        assert "1.00" in lines["Price in"]
        assert lines["Output"][2] == " "
        assert lines["Output"].count("8,192") == 2
        assert second.model_id in screen_text(pilot)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, ListScreen))


@pytest.mark.parametrize("marked", [0, 1, 5])
async def test_too_few_or_too_many_marks_are_told_how_many_can_be_compared(
    full: Session, marked: int
) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("2")
        await on_screen(pilot, "2,329, sorted")
        await pilot.press(*["space"] * marked, "C")
        await on_screen(pilot, f"Mark 2 to 4 models with space, then C. {marked} are marked.")
        assert not isinstance(app.screen, RecordPage)


def test_unknown_free_and_not_applicable_prices_are_compared_as_such(full: Session) -> None:
    rows = models_of_groq(full, 4)
    prices = [(0.0, 0.0), (1e-6, None), (1.5e-07, 6e-07)]
    for row, price in zip(rows, prices, strict=False):
        draft = model_pricing_draft(*price)
        done(full.store, lambda write, row=row, draft=draft: write.save_model_pricing(row, draft, None))  # type: ignore[misc]
    sides = read_sides(full.desk, [row.id for row in rows])
    facts = {each.label: each.values for each in compared(full.desk, sides)}
    assert facts["Price in"] == ("free", "1.00", "0.15", "?")
    assert facts["Price out"] == ("free", "-", "0.60", "?")
    assert [mix(side.price, (3, 1)) for side in sides] == ["free", "-", "0.262", "?"]
    assert facts["Price from"] == ("user", "user", "user", "?")


def test_only_values_that_are_not_all_the_same_differ() -> None:
    assert Compared("Context", ("1", "2", "1")).differs
    assert not Compared("Context", ("1", "1", "1")).differs


async def test_what_takes_one_record_says_so_where_several_are_marked(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "Anthropic")
        await pilot.press("space", "space", "e")
        await on_screen(pilot, "This takes one record at a time, and 2 are marked.")
        assert isinstance(app.screen, ListScreen)
        await pilot.press("escape", "g", "space", "j", "e")
        await on_screen(pilot, "Provider Amazon Bedrock")


async def test_a_list_without_records_says_why_nothing_is_done(empty: Session) -> None:
    async with empty.app().run_test(size=NARROW, notifications=True) as pilot:
        await on_screen(pilot, "No providers yet.")
        await pilot.press("e")
        await on_screen(pilot, "There is no provider here to do that with.")
        await pilot.press("v")
        await on_screen(pilot, "There is nothing here to verify.")
