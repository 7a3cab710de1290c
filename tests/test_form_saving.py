"""A form stays open until its save is done, and nothing typed is lost on the way out."""

import asyncio

import pytest

from tests.form_host import host_of, opened
from tests.form_sample import (
    VALUES,
    Draft,
    field,
    focus,
    form_of,
    picture,
    provider_form,
    write,
)
from tui_registry.errors import Conflict, InvalidInput, RegistryError, StoreLocked
from tui_registry.ui.forms.form import Side


class TestSaving:
    async def test_the_form_stays_deaf_and_open_until_the_save_is_done(self) -> None:
        done = asyncio.Event()
        calls: list[Draft] = []

        async def slow(draft: Draft) -> Draft:
            calls.append(draft)
            await done.wait()
            return draft

        async with opened(provider_form(saving=slow)) as pilot:
            await write(pilot, "name", "Poe")
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert "saving…" in picture(pilot)
            await pilot.press("x", "escape", "ctrl+s", "tab", "y", "q")
            assert not await form_of(pilot).confirm_leave()
            assert field(pilot, "name").value == "Poe"
            assert host_of(pilot).answers == []
            done.set()
            await pilot.pause()
            await pilot.pause()
            assert [answer["name"] for answer in host_of(pilot).answers if isinstance(answer, dict)] == [
                "Poe"
            ]
            assert len(calls) == 1

    async def test_a_text_of_several_lines_keeps_them_unless_it_is_edited_itself(self) -> None:
        for edited, kept in (("name", "one\ntwo"), ("website", "three")):
            async with opened(provider_form({**VALUES, "website": "one\ntwo"})) as pilot:
                await write(pilot, edited, "three")
                assert "1 change" in picture(pilot)
                await pilot.press("ctrl+s")
                await pilot.pause()
                (saved,) = host_of(pilot).answers
                assert isinstance(saved, dict)
                assert (saved["website"], saved[edited]) == (kept, "three")

    async def test_what_saving_refuses_stands_under_its_field_until_that_field_changes(self) -> None:
        async def taken(draft: Draft) -> Draft:
            raise InvalidInput({"name": "Name Groq exists already."})

        async with opened(provider_form(saving=taken)) as pilot:
            await write(pilot, "website", "x")
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert "! Name Groq exists already." in picture(pilot)
            assert focus(pilot) == "field-name"
            await write(pilot, "website", "xy")
            assert "! Name Groq exists already." in picture(pilot)
            await write(pilot, "name", "Groq2")
            assert "! " not in picture(pilot)

    async def test_any_other_refusal_stands_above_the_fields_and_nothing_typed_is_lost(self) -> None:
        refusals: list[RegistryError] = [
            StoreLocked("Database is locked by pid 4121 [b]."),
            StoreLocked("Again."),
        ]

        async def locked(draft: Draft) -> Draft:
            if refusals:
                raise refusals.pop(0)
            return draft

        async with opened(provider_form(saving=locked)) as pilot:
            await write(pilot, "name", "Poe")
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert "! Not saved. Database is locked by pid 4121 [b]." in picture(pilot)
            assert focus(pilot) == "field-name"
            await pilot.press("z", "ctrl+s")
            await pilot.pause()
            assert "! Not saved. Again." in picture(pilot)
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert [answer["name"] for answer in host_of(pilot).answers if isinstance(answer, dict)] == [
                "Poez"
            ]

    @pytest.mark.parametrize(("key", "side"), [("k", "mine"), ("t", "theirs")])
    async def test_a_conflict_asks_whose_value_stays(self, key: str, side: str) -> None:
        sides: list[str] = []

        async def collide(draft: Draft) -> Draft:
            raise Conflict("Another session changed the price.", {"price": ("3", "4", "5")})

        async def resolve(draft: Draft, conflict: Conflict, chosen: Side) -> Draft:
            sides.append(chosen)
            if len(sides) == 1:
                raise Conflict("And once more.", {"price": ("5", "4", "6")})
            return draft

        async with opened(provider_form(saving=collide, resolve=resolve)) as pilot:
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert "theirs  5" in picture(pilot)
            await pilot.press(key)
            await pilot.pause()
            assert "And once more." in picture(pilot)
            await pilot.press(key)
            await pilot.pause()
            assert sides == [side, side]
            assert len(host_of(pilot).answers) == 1

    async def test_a_conflict_can_be_left_for_the_form(self) -> None:
        async def collide(draft: Draft) -> Draft:
            raise Conflict("Another session changed the price.", {"price": ("3", "4", "5")})

        async def never(draft: Draft, conflict: Conflict, chosen: Side) -> Draft:
            raise AssertionError

        async with opened(provider_form(saving=collide, resolve=never)) as pilot:
            await write(pilot, "name", "Poe")
            await pilot.press("ctrl+s")
            await pilot.pause()
            await pilot.press("escape")
            await pilot.pause()
            assert "! Not saved. Another session changed the price." in picture(pilot)
            assert field(pilot, "name").value == "Poe"
            assert focus(pilot) == "field-name"


class TestLeaving:
    async def test_without_a_change_it_closes_at_once(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "price", " 3.0")
            assert not form_of(pilot).has_unsaved()
            await pilot.press("escape")
            await pilot.pause()
            assert host_of(pilot).answers == [None]

    @pytest.mark.parametrize("way", ["escape", "ctrl+q", "q"])
    async def test_with_a_change_it_asks_once_and_keeping_on_loses_nothing(self, way: str) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "price", "15.00")
            form_of(pilot).query_one("#field-streams").focus()
            await pilot.press("space", way)
            await pilot.pause()
            for line in ("Provider Groq", "Input      3.00 -> 15.00", "Streaming  on -> off"):
                assert line in picture(pilot)
            await pilot.press("escape")
            await pilot.pause()
            assert field(pilot, "price").value == "15.00"
            assert host_of(pilot).answers == []
            assert pilot.app.screen is form_of(pilot)
            assert pilot.app.is_running

    async def test_discarding_closes_without_saving(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "price", "15.00")
            await pilot.press("escape")
            await pilot.pause()
            await pilot.press("d")
            await pilot.pause()
            assert host_of(pilot).answers == [None]

    async def test_saving_on_the_way_out_saves(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "price", "15.00")
            await pilot.press("escape")
            await pilot.pause()
            await pilot.press("s")
            await pilot.pause()
            await pilot.pause()
            assert [answer["price"] for answer in host_of(pilot).answers if isinstance(answer, dict)] == [15]

    async def test_saving_on_the_way_out_stays_when_something_is_wrong(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "price", "3,50")
            await pilot.press("ctrl+q")
            await pilot.pause()
            await pilot.press("s")
            await pilot.pause()
            assert "! Write 3.50 with a point." in picture(pilot)
            assert pilot.app.is_running

    async def test_quitting_twice_asks_once(self) -> None:
        async with opened(provider_form()) as pilot:
            await write(pilot, "price", "15.00")
            await pilot.press("ctrl+q")
            await pilot.pause()
            await pilot.press("ctrl+q")
            await pilot.pause()
            assert len(pilot.app.screen_stack) == 3

    async def test_the_buttons_do_what_they_say(self) -> None:
        async with opened(provider_form()) as pilot:
            await pilot.click("#form-cancel")
            await pilot.pause()
            assert host_of(pilot).answers == [None]
