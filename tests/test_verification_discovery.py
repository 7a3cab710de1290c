"""A provider's list is compared first, then taken in: nothing a person set changes, nothing is deleted."""

from pathlib import Path

import pytest

from tests.registries import done, model_draft
from tests.verifying import Service, failed, opened
from tui_registry.verification import apply_discovery, discover

LISTED = {"id": "llama-4", "context_window": 131072, "max_completion_tokens": 8192}


async def test_a_list_is_shown_as_new_gone_and_changed_before_anything_is_written(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(models=[LISTED, "brand-new"]))
    bench.add()
    bench.add("old-one")
    before = bench.store.reads.models(bench.provider.id)
    found = await discover(bench.store, bench.provider, bench.options())
    assert (found.new, found.gone) == (("brand-new",), ("old-one",))
    assert [each.model_id for each in found.changed] == ["llama-4"]
    assert found.changed[0].fields["max_input_tokens"] == (None, 131072)
    assert bench.store.reads.models(bench.provider.id) == before
    assert bench.statuses() == [("models", "pass", "ok")]


async def test_taken_in_it_adds_and_dates_and_deletes_nothing(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(models=[LISTED, "brand-new"]))
    bench.add()
    old = bench.add("old-one")
    found = await discover(bench.store, bench.provider, bench.options())
    report = await apply_discovery(bench.store, found)
    assert (report.added, report.changed, report.gone) == (1, 1, 1)
    assert {row.model_id for row in bench.store.reads.models(bench.provider.id)} == {
        "llama-4",
        "brand-new",
        "old-one",
    }
    assert bench.model("brand-new").source == "provider"
    assert (bench.model().max_input_tokens, bench.model().source) == (131072, "user")
    seen = bench.store.proofs.observations(bench.provider.id)
    assert seen[bench.model().id].listed_at == "2026-11-23T06:52:00.000Z"
    assert (seen[old.id].listed_at, seen[old.id].unlisted_at) == (None, "2026-11-23T06:52:00.000Z")
    again = await discover(bench.store, bench.provider, bench.options())
    assert (again.new, again.changed, again.unchanged) == ((), (), 2)


async def test_a_model_that_comes_back_is_listed_again(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    model = bench.add()
    for models in (["llama-4"], [{"id": "other"}], ["llama-4"]):
        bench.service.models = models
        bench.home.clock.move(days=1)
        found = await discover(bench.store, bench.provider, bench.options())
        await apply_discovery(bench.store, found)
    seen = bench.store.proofs.observation(model.id)
    assert seen is not None
    assert (seen.listed_at, seen.unlisted_at) == ("2026-11-26T06:52:00.000Z", None)


async def test_what_a_person_set_stays(tmp_path: Path) -> None:
    listed = LISTED | {"pricing": {"prompt": "0.000002", "completion": "0.000004"}}
    bench = opened(tmp_path, Service(models=[listed]))
    model = bench.add(price=1e-06, max_input_tokens=1000)
    found = await discover(bench.store, bench.provider, bench.options())
    assert [set(each.fields) for each in found.changed] == [{"max_output_tokens"}]
    report = await apply_discovery(bench.store, found)
    assert (report.kept_user, report.prices) == (1, 0)
    assert (bench.model().max_input_tokens, bench.model().max_output_tokens) == (1000, 8192)
    price = bench.store.reads.model_pricing(model.id)
    assert price is not None
    assert (price.input_price_per_token, price.source) == (1e-06, "user")


async def test_a_price_of_the_provider_counts_and_may_change(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    for amount in ("0.000002", "0.000003"):
        bench.service.models = [{"id": "m", "pricing": {"prompt": amount, "completion": "0"}}]
        found = await discover(bench.store, bench.provider, bench.options())
        assert (await apply_discovery(bench.store, found)).prices == 1
    price = bench.store.reads.effective_price(bench.model("m").id)
    assert (price.input, price.output, price.source, price.origin) == (3e-06, 0.0, "provider", "model")


async def test_a_list_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    bench.service._list = lambda key: failed(503, "busy")  # type: ignore[method-assign]
    found = await discover(bench.store, bench.provider, bench.options())
    assert (found.was_read, found.outcome, found.gone) == (False, "server", ())
    assert (await apply_discovery(bench.store, found)).gone == 0
    assert bench.statuses() == [("models", "error", "server")]


@pytest.mark.parametrize("entry", ["a\x1b[2Jb", "x" * 600])
async def test_hostile_entries_never_act(tmp_path: Path, entry: str) -> None:
    bench = opened(tmp_path, Service(models=[{"id": entry, "name": entry}, "fine"]))
    found = await discover(bench.store, bench.provider, bench.options())
    await apply_discovery(bench.store, found)
    kept = [row.model_id + row.name for row in bench.store.reads.models(bench.provider.id)]
    assert "fine" in "".join(kept)
    assert "\x1b" not in "".join(kept)


async def test_an_edit_made_meanwhile_is_not_lost(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(models=[LISTED]))
    row = bench.add()
    found = await discover(bench.store, bench.provider, bench.options())
    draft = model_draft("llama-4", max_input_tokens=5)
    done(bench.store, lambda write: write.save_model(draft, row))
    await apply_discovery(bench.store, found)
    assert bench.model().max_input_tokens == 5


async def test_a_model_and_its_provider_can_still_be_removed(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(models=[LISTED | {"pricing": {"prompt": "0"}}]))
    found = await discover(bench.store, bench.provider, bench.options())
    await apply_discovery(bench.store, found)
    row = bench.model()
    done(bench.store, lambda write: write.delete_model(row))
    await apply_discovery(bench.store, found)
    assert done(bench.store, lambda write: write.purge_provider(bench.provider, "Groq"))["models"] == 1
    assert bench.store.reads.providers() == []
