from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registries import (
    Home,
    add_active,
    add_groq,
    add_model,
    done,
    limits_draft,
    model_draft,
    model_pricing_draft,
    owner_of,
    pricing_draft,
    provider_draft,
)
from tui_registry.errors import Conflict, Gone
from tui_registry.store import Store, new_result
from tui_registry.store.merge import Tie, merged

RECORDS = st.fixed_dictionaries({name: st.integers(0, 2) for name in "abc"})
CURRENCY = (Tie("currency", ("input", "output")),)
PRICED = st.fixed_dictionaries(
    {
        "input": st.integers(0, 2),
        "output": st.integers(0, 2),
        "currency": st.sampled_from(("USD", "EUR", "GBP")),
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Home(tmp_path).open() as opened:
        yield opened


class TestMerging:
    @given(RECORDS, RECORDS, RECORDS)
    def test_keeps_every_edit_of_both_or_names_each_field_that_clashes(
        self, was: dict[str, object], mine: dict[str, object], theirs: dict[str, object]
    ) -> None:
        clashing = {
            field
            for field in was
            if mine[field] != was[field] and theirs[field] != was[field] and mine[field] != theirs[field]
        }
        if clashing:
            with pytest.raises(Conflict) as clash:
                merged(was, mine, theirs)
            assert clash.value.fields == {
                field: (was[field], mine[field], theirs[field]) for field in clashing
            }
            return
        after = theirs | merged(was, mine, theirs)
        for field in was:
            edited = [each[field] for each in (mine, theirs) if each[field] != was[field]]
            assert after[field] == (edited[0] if edited else was[field])

    @given(RECORDS, RECORDS)
    def test_alone_writes_exactly_what_was_edited(
        self, was: dict[str, object], mine: dict[str, object]
    ) -> None:
        assert merged(was, mine, was) == {field: mine[field] for field in mine if mine[field] != was[field]}

    def test_never_mixes_a_new_currency_with_a_price_edited_elsewhere(self) -> None:
        was = {"input": 1.0, "output": 2.0, "currency": "USD"}
        priced, converted = was | {"output": 3.0}, was | {"currency": "EUR"}
        for mine, theirs in ((converted, priced), (priced, converted)):
            with pytest.raises(Conflict) as clash:
                merged(was, mine, theirs, CURRENCY)
            assert clash.value.fields == {
                "output": (2.0, mine["output"], theirs["output"]),
                "currency": ("USD", mine["currency"], theirs["currency"]),
            }
        assert merged(was, was | {"input": 9.0}, priced, CURRENCY) == {"input": 9.0}
        assert merged(was, converted, was, CURRENCY) == {"currency": "EUR"}

    @given(PRICED, PRICED, PRICED)
    def test_whichever_side_of_a_clash_is_chosen_keeps_its_prices_in_its_currency(
        self, was: dict[str, object], mine: dict[str, object], theirs: dict[str, object]
    ) -> None:
        both_edited = mine != was and theirs != was
        if both_edited and mine["currency"] != theirs["currency"]:
            with pytest.raises(Conflict) as clash:
                merged(was, mine, theirs, CURRENCY)
            assert set(clash.value.fields) == {field for field in was if mine[field] != theirs[field]}


class TestSaving:
    def test_merges_edits_of_different_fields(self, store: Store) -> None:
        base = add_groq(store)
        theirs = provider_draft(description="theirs")
        mine = provider_draft(website="https://mine.example.com")
        done(store, lambda write: write.save_provider(theirs, base))
        row = done(store, lambda write: write.save_provider(mine, base))
        assert (row.description, row.website) == ("theirs", "https://mine.example.com")
        assert row.row_version == base.row_version + 2

    def test_tells_was_mine_and_theirs_of_the_same_field(self, store: Store) -> None:
        base = add_groq(store)
        done(store, lambda write: write.save_provider(provider_draft(description="theirs"), base))
        with pytest.raises(Conflict) as clash:
            done(store, lambda write: write.save_provider(provider_draft(description="mine"), base))
        assert clash.value.fields == {"description": (None, "mine", "theirs")}
        assert store.reads.provider_by_id(base.id).description == "theirs"

    def test_of_the_same_value_twice_is_no_conflict(self, store: Store) -> None:
        base = add_groq(store)
        for _ in range(2):
            same = provider_draft(description="same")
            row = done(store, lambda write, same=same: write.save_provider(same, base))  # type: ignore[misc]
        assert (row.description, row.row_version) == ("same", base.row_version + 1)

    def test_over_a_conflict_works_from_what_theirs_is_now(self, store: Store) -> None:
        base = add_groq(store)
        mine = provider_draft(description="mine")
        done(store, lambda write: write.save_provider(provider_draft(description="theirs"), base))
        current = store.reads.provider_by_id(base.id)
        row = done(store, lambda write: write.save_provider(mine, current))
        assert row.description == "mine"

    def test_a_form_is_not_disturbed_by_a_state_that_changed(self, store: Store) -> None:
        base = add_active(store)
        done(store, lambda write: write.deactivate(base, "meanwhile"))
        row = done(store, lambda write: write.save_provider(provider_draft(description="mine"), base))
        assert (row.description, row.is_active, row.state_reason) == ("mine", False, "meanwhile")

    def test_of_a_deleted_record_says_so(self, store: Store) -> None:
        provider = add_groq(store)
        model = add_model(store, provider)
        pricing = done(store, lambda w: w.save_pricing(provider, pricing_draft(1e-06, 2e-06), None))
        own = model_pricing_draft(1e-06, 2e-06)
        model_pricing = done(store, lambda w: w.save_model_pricing(model, own, None))
        limits = done(store, lambda w: w.save_limits(provider, limits_draft(tokens_per_hour=5), None))
        done(store, lambda write: write.delete_pricing(provider))
        done(store, lambda write: write.delete_limits(provider))
        done(store, lambda write: write.delete_model_pricing(model))
        for change in (
            lambda w: w.save_pricing(provider, pricing_draft(3e-06, 2e-06), pricing),
            lambda w: w.save_limits(provider, limits_draft(tokens_per_hour=6), limits),
            lambda w: w.save_model_pricing(model, model_pricing_draft(3e-06, 2e-06), model_pricing),
            lambda w: w.delete_pricing(provider),
            lambda w: w.delete_limits(provider),
            lambda w: w.delete_model_pricing(model),
        ):
            with pytest.raises(Gone):
                done(store, change)
        done(store, lambda write: write.delete_model(model))
        done(store, lambda write: write.delete_provider(provider))
        for change in (
            lambda w: w.save_model(model_draft(version="2"), model),
            lambda w: w.save_provider(provider_draft(description="mine"), provider),
            lambda w: w.save_pricing(provider, pricing_draft(3e-06, 2e-06), None),
            lambda w: w.add_model(provider, model_draft()),
            lambda w: w.activate(provider),
        ):
            with pytest.raises(Gone):
                done(store, change)

    def test_of_a_first_price_meets_another_first_price(self, store: Store) -> None:
        row = add_groq(store)
        done(store, lambda write: write.save_pricing(row, pricing_draft(1e-06, 2e-06), None))
        done(store, lambda write: write.save_pricing(row, pricing_draft(1e-06, 2e-06), None))
        with pytest.raises(Conflict) as clash:
            done(store, lambda write: write.save_pricing(row, pricing_draft(1e-06, 3e-06), None))
        assert clash.value.fields == {"output_price_per_token": (None, 3e-06, 2e-06)}

    def test_of_limits_merges_field_by_field(self, store: Store) -> None:
        row = add_groq(store)
        base = done(store, lambda w: w.save_limits(row, limits_draft(requests_per_minute=30), None))
        both = limits_draft(requests_per_minute=30, tokens_per_hour=9)
        done(store, lambda write: write.save_limits(row, both, base))
        after = done(store, lambda write: write.save_limits(row, limits_draft(requests_per_minute=60), base))
        assert (after.requests_per_minute, after.tokens_per_hour, after.source) == (60, 9, "user")

    def test_a_model_survives_a_result_that_came_between(self, store: Store) -> None:
        base = add_model(store, add_groq(store))
        result = new_result(provider=owner_of(store, base), model=base, test_type="hello", status="pass")
        done(store, lambda write: write.record_result(result))
        row = done(store, lambda write: write.save_model(model_draft(architecture="moe"), base))
        assert (row.architecture, row.verification_state) == ("moe", "verified")

    def test_remembers_the_fields_a_person_set(self, store: Store) -> None:
        base = add_model(store, add_groq(store), max_input_tokens=1000)
        assert base.user_fields == "model_id name max_input_tokens"
        edit = model_draft(version="2", max_input_tokens=1000)
        row = done(store, lambda write: write.save_model(edit, base))
        assert row.user_fields == "model_id name version max_input_tokens"
        cleared = done(store, lambda w: w.save_model(model_draft(max_input_tokens=1000), row))
        assert (cleared.version, cleared.user_fields) == (None, row.user_fields)

    def test_leaves_every_other_column_as_it_was(self, store: Store) -> None:
        base = add_active(store)
        row = done(store, lambda write: write.save_provider(provider_draft(description="new"), base))
        before, after = base.values(), row.values()
        assert {name for name in after if after[name] != before[name]} <= {
            "description",
            "row_version",
            "updated_at",
            "edition",
        }
