"""What was verified shows as pictures with words: on the pages, in the detail, and above the results."""

import pytest

from tests.conftest import Session
from tests.driving import on_screen, screen_text, until
from tests.registries import add_model, done, owner_of
from tui_registry.store import Model, new_result
from tui_registry.ui.screens.list_screen import ListScreen

NARROW, WIDE = (80, 24), (120, 36)


def verify(session: Session, row: Model, *results: tuple[str, float | None, float | None]) -> None:
    """Give a model results, a day each: status, latency and score."""
    for status, latency, score in results:
        result = new_result(
            provider=owner_of(session.store, row),
            model=row,
            test_type="chat",
            status=status,
            latency_ms=latency,
            score=score,
            outcome=None if status == "pass" else "timeout",
            http_status=None if status == "pass" else 504,
        )
        done(session.store, lambda write, result=result: write.record_result(result))  # type: ignore[misc]
        session.home.clock.move(days=1)


@pytest.fixture
def lived_in(full: Session) -> tuple[Session, Model]:
    """A registry with a model that passed, failed, and passed again slowly."""
    row = add_model(full.store, full.store.reads.provider("Groq"), "zz-mine")
    verify(full, row, ("pass", 500.0, 0.9), ("fail", None, None), ("pass", 6000.0, 0.97))
    return full, row


@pytest.mark.parametrize(
    ("ascii_only", "days", "line"), [(False, "■x▄·", "▁x█"), (True, "#x=.", "1x8")], ids=["glyphs", "ascii"]
)
async def test_the_page_of_a_model_shows_its_history(
    lived_in: tuple[Session, Model], ascii_only: bool, days: str, line: str
) -> None:
    session, row = lived_in
    session.desk.ascii = ascii_only
    app = session.app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, ListScreen) and app.screen.table.is_loaded)
        app.screen.table.move_to(row.id)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await on_screen(pilot, "Last 30 days")
        text = screen_text(pilot)
    assert f"{'.' if ascii_only else '·'}{days}" in text
    assert line in text
    for words in (
        "0.97  +0.07 over 2 results",
        "p50 3,250 ms  min 500  last 6,000",
        "0 to 6,000 ms, newest right",
        "66.6 % of 3 results passed",
        "11-24 06:52 UTC, 2d: 504 timeout",
    ):
        assert words in text


async def test_the_detail_of_a_provider_holds_thirty_days_on_one_line(
    lived_in: tuple[Session, Model],
) -> None:
    session, row = lived_in
    app = session.app()
    async with app.run_test(size=WIDE) as pilot:
        await on_screen(pilot, "sorted by name")
        app.screen.table.move_to(row.provider_id)  # type: ignore[attr-defined]
        await on_screen(pilot, "■ ok  ▄ slow or partial  x fail  · no run")
        assert f"{'·' * 26}■x▄·" in screen_text(pilot)
        assert "0.97, mean of its models" in screen_text(pilot)


async def test_without_history_a_page_draws_no_empty_pictures(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("2")
        await on_screen(pilot, "2,329, sorted")
        await pilot.press("enter")
        await on_screen(pilot, "nothing verified yet")
        assert "30 days" not in screen_text(pilot)


async def test_above_the_results_stand_the_days_of_all_models(lived_in: tuple[Session, Model]) -> None:
    session, row = lived_in
    app = session.app()
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("5")
        await on_screen(pilot, f"{'·' * 26}■x■·  66.6 % of 3 passed  ■ 95 % ok ▄ less x <80")
        verify(session, row, ("pass", 100.0, 1.0))
        assert isinstance(app.screen, ListScreen)
        app.screen.refresh_rows()
        await on_screen(pilot, "75.0 % of 4 passed")


async def test_before_the_first_result_nothing_stands_above_the_list(full: Session) -> None:
    app = full.app()
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("5")
        await on_screen(pilot, "Nothing verified yet.")
        assert "passed" not in screen_text(pilot)
