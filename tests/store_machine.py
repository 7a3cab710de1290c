"""The store driven at random against plain dictionaries that say what each call must do."""

import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.plain_store import (
    CACHE_FIELDS,
    LIMIT_FIELDS,
    MODEL_TEXTS,
    PROVIDER_TEXTS,
    Plain,
    expected_merge,
    file_content,
    new_model,
    new_provider,
    origin,
    plain_content,
    price_values,
    saved,
)
from tests.registries import (
    CANARY,
    KNOWN,
    Home,
    catalogue,
    done,
    limits_draft,
    listed,
    model_draft,
    model_pricing_draft,
    pricing_draft,
    provider_draft,
)
from tui_registry.endpoint import parse_endpoint, shown_origin
from tui_registry.errors import (
    Conflict,
    Gone,
    HasDependents,
    InvalidInput,
    OriginChanged,
    Refused,
    StoreError,
)
from tui_registry.store import CatalogPrice, Store, Writes, new_result
from tui_registry.text import Secret

NAMES = tuple(known.name for known in KNOWN[:3])
MODEL_IDS = ("llama-4", "qwen-4")
HOSTS = ("https://one.example.com/v1", "https://one.example.com/v2", "https://two.example.com/v1")
PRICES = (1e-07, 0.1 / 3, 2.5e-06, 0.0)
STATUSES = ("pass", "pass", "fail", "fail", "error", "blocked", "skipped")
SESSIONS = (0, 1)
PROVIDER_EDITS = st.fixed_dictionaries(
    {},
    optional={
        "endpoint": st.sampled_from(HOSTS),
        "description": st.sampled_from(["one", "two"]),
        "website": st.sampled_from([None, "https://example.com"]),
        "name": st.sampled_from(NAMES),
    },
)
MODEL_EDITS = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from([None, "1", "2"]),
        "max_input_tokens": st.sampled_from([None, 8192, 131072]),
        "supports_reasoning": st.sampled_from([None, True, False]),
    },
)


@dataclass
class Sight:
    """What one session loaded into a form: the row for the store, the plain values for the dictionaries."""

    id: int
    row: Any
    plain: Plain


@dataclass
class Held:
    """What a session has open, by the kind of form."""

    forms: dict[str, Sight] = field(default_factory=dict)


class StoreMachine(RuleBasedStateMachine):
    """Rules as two sessions would act; after each the file must be what the dictionaries say.

    `template` is a home with an empty registry and a vault key, copied for every run.
    """

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.home = Home(Path(mkdtemp(prefix="machine-")))
        self.providers: dict[int, Plain] = {}
        self.sessions = {each: Held() for each in SESSIONS}
        self.fingerprints: dict[int, list[str]] = {}
        self.store: Store

    @initialize()
    def open(self) -> None:
        """Start from a registry with a catalogue and a provider of one's own."""
        shutil.copytree(self.template, self.home.root, dirs_exist_ok=True)
        self.store = self.home.open(create=False)
        self.import_catalog(NAMES[0], 8192, PRICES[0], broken=False)
        self.save_model_pricing(0, PRICES[1], None)
        self.add_provider(NAMES[1], HOSTS[0], str.upper)

    def teardown(self) -> None:
        """Let go of the file and remove it."""
        if hasattr(self, "store"):
            self.store.close()
        shutil.rmtree(self.home.root, ignore_errors=True)

    def do(self, change: Callable[[Writes], Any]) -> Any:  # noqa: ANN401
        """A write that must succeed."""
        return done(self.store, change)

    def refused(self, kind: type[Exception], change: Callable[[Writes], Any]) -> None:
        """A write that must be refused like this."""
        try:
            done(self.store, change)
        except kind:
            return
        raise AssertionError(f"nothing was refused, {kind} was due")

    def pick(self, number: int) -> int:
        return sorted(self.providers)[number % len(self.providers)]

    def pick_model(self, number: int) -> tuple[Plain, int, Plain]:
        """Provider, id and plain values of some model."""
        models = [
            (provider, id, model)
            for _, provider in sorted(self.providers.items())
            for id, model in sorted(provider["models"].items())
        ]
        return models[number % len(models)]

    def has_provider(self) -> bool:
        return bool(self.providers)

    def has_model(self) -> bool:
        return any(provider["models"] for provider in self.providers.values())

    def named(self, name: str) -> bool:
        return any(provider["name"] == name for provider in self.providers.values())

    @rule(
        name=st.sampled_from(NAMES), endpoint=st.sampled_from(HOSTS), case=st.sampled_from([str, str.upper])
    )
    def add_provider(self, name: str, endpoint: str, case: Callable[[str], str]) -> None:
        """A name in any case is stored as it is known; one unknown or in use is refused."""
        draft = provider_draft(case(name), endpoint)
        if self.named(name) or name not in NAMES:
            self.refused(InvalidInput, lambda w: w.add_provider(draft))
        else:
            row = self.do(lambda w: w.add_provider(draft))
            self.providers[row.id] = new_provider(name, endpoint)
            self.fingerprints[row.id] = []

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def load_provider(self, number: int) -> None:
        """Both sessions open a form and keep what they saw."""
        id = self.pick(number)
        row = self.store.reads.provider_by_id(id)
        for session in SESSIONS:
            self.sessions[session].forms["provider"] = Sight(id, row, deepcopy(self.providers[id]))

    @precondition(has_provider)
    @rule(session=st.sampled_from(SESSIONS), edits=PROVIDER_EDITS)
    def save_provider(self, session: int, edits: Plain) -> None:
        """A form opened earlier is saved, whatever happened since."""
        if "provider" not in self.sessions[session].forms:
            self.load_provider(0)
        sight = self.sessions[session].forms["provider"]
        mine = {each: sight.plain[each] for each in PROVIDER_TEXTS} | edits
        draft = provider_draft(**{each: text for each, text in mine.items() if text is not None})
        save: Callable[[Writes], Any] = lambda w: w.save_provider(draft, sight.row)  # noqa: E731
        now = self.providers.get(sight.id)
        if now is None:
            return self.refused(Gone, save)
        changes = expected_merge(sight.plain, mine, now)
        if changes is None:
            return self.refused(Conflict, save)
        if "name" in changes and self.named(changes["name"]):
            return self.refused(InvalidInput, save)
        self.do(save)
        if not changes:
            return None
        if "endpoint" in changes and now["key"] and origin(changes["endpoint"]) != origin(now["endpoint"]):
            now["is_active"] = False
        now |= changes
        now["row_version"] += 1
        return None

    @precondition(has_provider)
    @rule(number=st.integers(0, 5), one=PROVIDER_EDITS, other=PROVIDER_EDITS)
    def edit_provider_twice(self, number: int, one: Plain, other: Plain) -> None:
        """Two sessions edit what they saw at the same time."""
        self.load_provider(number)
        for session, edits in zip(SESSIONS, (one, other), strict=True):
            self.save_provider(session, edits)

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def delete_provider(self, number: int) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        provider = self.providers[id]
        if provider["models"] or provider["key_results"]:
            self.refused(HasDependents, lambda w: w.delete_provider(seen))
        else:
            self.do(lambda w: w.delete_provider(seen))
            del self.providers[id]

    @precondition(has_provider)
    @rule(number=st.integers(0, 5), typed=st.sampled_from(["right", "wrong", "wrong", "no backup"]))
    def purge_provider(self, number: int, typed: str) -> None:
        """A purge takes everything of one provider, or nothing."""
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        name = self.providers[id]["name"]
        if typed == "wrong":
            return self.refused(Refused, lambda w: w.purge_provider(seen, name[1:]))
        backups = self.home.database.parent / "backups"
        if typed == "no backup":
            shutil.rmtree(backups, ignore_errors=True)
            backups.write_text("in the way")
            self.refused(StoreError, lambda w: w.purge_provider(seen, name))
            return backups.unlink()
        self.do(lambda w: w.purge_provider(seen, name))
        del self.providers[id]
        return None

    @precondition(has_provider)
    @rule(number=st.integers(0, 5), key=st.sampled_from("abc"))
    def set_key(self, number: int, key: str) -> None:
        """A new key is for the present host and has not been checked."""
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        provider = self.providers[id]
        row = self.do(lambda w: w.set_key(seen, Secret(CANARY + key)))
        provider |= {
            "key": (CANARY + key, origin(provider["endpoint"])),
            "is_active": False,
            "validated": False,
        }
        provider["row_version"] += 1
        self.fingerprints[id].append(row.key_fingerprint)

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def remove_key(self, number: int) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        provider = self.providers[id]
        self.do(lambda w: w.remove_key(seen))
        if provider["key"]:
            provider |= {"key": None, "is_active": False, "validated": False}
            provider["row_version"] += 1

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def move_key(self, number: int) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        provider = self.providers[id]
        endpoint = parse_endpoint(provider["endpoint"])
        move: Callable[[Writes], Any] = lambda w: w.move_key(seen, shown_origin(endpoint.origin))  # noqa: E731
        if not provider["key"] or provider["key"][1] == endpoint.origin:
            return self.refused(Refused, move)
        row = self.do(move)
        provider |= {"key": (provider["key"][0], endpoint.origin), "is_active": False, "validated": False}
        provider["row_version"] += 1
        self.fingerprints[id].append(row.key_fingerprint)
        return None

    @precondition(has_provider)
    @rule(
        number=st.integers(0, 5),
        status=st.sampled_from(STATUSES),
        latest=st.sampled_from([True, True, False]),
    )
    def check_key(self, number: int, status: str, latest: bool) -> None:
        """A check counts only for the key it was made with."""
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        provider, known = self.providers[id], self.fingerprints[id]
        if not known:
            return
        fingerprint = known[-1] if latest else known[0]
        self.do(lambda w: w.record_key_check(seen, fingerprint, status))
        provider["key_results"] += 1
        if provider["key"] and fingerprint == known[-1] and status in ("pass", "fail"):
            provider["validated"] = status == "pass"
            provider["is_active"] = provider["is_active"] and status == "pass"
            provider["row_version"] += 1

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def activate(self, number: int) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        provider = self.providers[id]
        usable = provider["key"] and provider["key"][1] == origin(provider["endpoint"])
        if not (usable and provider["validated"]):
            return self.refused(Refused, lambda w: w.activate(seen))
        self.do(lambda w: w.activate(seen))
        provider["row_version"] += not provider["is_active"]
        provider["is_active"] = True
        return None

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def bring_into_use(self, number: int) -> None:
        """The usual way: a key, a check, on."""
        self.set_key(number, "a")
        self.check_key(number, "pass", True)
        self.activate(number)

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def check_an_earlier_key(self, number: int) -> None:
        """A key is replaced while its check is under way."""
        self.set_key(number, "a")
        self.set_key(number, "b")
        self.check_key(number, "pass", False)

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def deactivate(self, number: int) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        self.do(lambda w: w.deactivate(seen))
        self.providers[id]["row_version"] += self.providers[id]["is_active"]
        self.providers[id]["is_active"] = False

    @precondition(has_provider)
    @rule(number=st.integers(0, 5), model_id=st.sampled_from(MODEL_IDS), tokens=st.sampled_from([None, 8192]))
    def add_model(self, number: int, model_id: str, tokens: int | None) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        models = self.providers[id]["models"]
        draft = model_draft(model_id, max_input_tokens=tokens)
        if any(model["model_id"] == model_id for model in models.values()):
            return self.refused(InvalidInput, lambda w: w.add_model(seen, draft))
        row = self.do(lambda w: w.add_model(seen, draft))
        mine = {"model_id", "name"} | ({"max_input_tokens"} if tokens else set())
        models[row.id] = new_model("user", mine, model_id=model_id, name=model_id, max_input_tokens=tokens)
        return None

    @precondition(has_provider)
    @rule(number=st.integers(0, 5), bad=st.sampled_from([5.9, 0, -1, "many", 2**62]))
    def add_bad_model(self, number: int, bad: object) -> None:
        """What no form lets through is refused by the file."""
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        draft = SimpleNamespace(**(model_draft("bad").model_dump() | {"max_input_tokens": bad}))
        self.refused(InvalidInput, lambda w: w.add_model(seen, draft))  # type: ignore[arg-type]

    @precondition(has_model)
    @rule(number=st.integers(0, 9))
    def load_model(self, number: int) -> None:
        """Both sessions open a form of a model."""
        _, id, model = self.pick_model(number)
        for session in SESSIONS:
            sight = Sight(id, self.store.reads.model_by_id(id), deepcopy(model))
            self.sessions[session].forms["model"] = sight

    @precondition(has_model)
    @rule(session=st.sampled_from(SESSIONS), edits=MODEL_EDITS)
    def save_model(self, session: int, edits: Plain) -> None:
        if "model" not in self.sessions[session].forms:
            self.load_model(0)
        sight = self.sessions[session].forms["model"]
        mine = {each: sight.plain[each] for each in MODEL_TEXTS} | edits
        draft = model_draft(sight.plain["model_id"], **mine)
        save: Callable[[Writes], Any] = lambda w: w.save_model(draft, sight.row)  # noqa: E731
        now = next((p["models"][sight.id] for p in self.providers.values() if sight.id in p["models"]), None)
        if now is None:
            return self.refused(Gone, save)
        changes = expected_merge(sight.plain, mine, now)
        if changes is None:
            return self.refused(Conflict, save)
        self.do(save)
        if changes:
            now |= changes
            now["user_fields"] |= set(changes)
            now["row_version"] += 1
        return None

    @precondition(has_model)
    @rule(number=st.integers(0, 9))
    def delete_model(self, number: int) -> None:
        provider, id, model = self.pick_model(number)
        seen = self.store.reads.model_by_id(id)
        if model["results"]:
            self.refused(HasDependents, lambda w: w.delete_model(seen))
        else:
            self.do(lambda w: w.delete_model(seen))
            del provider["models"][id]

    @precondition(has_model)
    @rule(number=st.integers(0, 9), status=st.sampled_from(STATUSES))
    def record_result(self, number: int, status: str) -> None:
        """A pass verifies, the third failure in a row takes it back."""
        provider, id, model = self.pick_model(number)
        (provider_id,) = (each for each, values in self.providers.items() if values is provider)
        result = new_result(
            provider=self.store.reads.provider_by_id(provider_id),
            model=self.store.reads.model_by_id(id),
            test_type="hello",
            status=status,
        )
        self.home.clock.move(minutes=8)
        self.do(lambda w: w.record_result(result))
        model["results"] += 1
        if status == "pass":
            model |= {"verification_state": "verified", "consecutive_failures": 0}
        elif status == "fail":
            model["consecutive_failures"] += 1
            if model["consecutive_failures"] >= 3:
                model["verification_state"] = "unverified"
        model["row_version"] += status in ("pass", "fail")

    @precondition(has_provider)
    @rule(number=st.integers(0, 5), first=st.sampled_from(PRICES), second=st.sampled_from(PRICES))
    def save_pricing(self, number: int, first: float, second: float) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        provider, values = self.providers[id], price_values(first, second)
        base = self.store.reads.pricing(id)
        self.do(lambda w: w.save_pricing(seen, pricing_draft(first, second), base))
        provider["pricing"] = saved(provider["pricing"], values)

    @precondition(has_provider)
    @rule(number=st.integers(0, 5), bad=st.sampled_from([-1.0, float("inf"), float("nan"), 1000.5]))
    def save_bad_pricing(self, number: int, bad: float) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        draft = SimpleNamespace(input_price_per_token=bad, output_price_per_token=1.0, currency="USD")
        base = self.store.reads.pricing(id)
        self.refused(InvalidInput, lambda w: w.save_pricing(seen, draft, base))  # type: ignore[arg-type]

    @precondition(has_provider)
    @rule(number=st.integers(0, 5))
    def delete_pricing(self, number: int) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        if self.providers[id]["pricing"] is None:
            return self.refused(Gone, lambda w: w.delete_pricing(seen))
        self.do(lambda w: w.delete_pricing(seen))
        self.providers[id]["pricing"] = None
        return None

    @precondition(has_model)
    @rule(number=st.integers(0, 9), first=st.sampled_from(PRICES), cached=st.sampled_from([None, *PRICES]))
    def save_model_pricing(self, number: int, first: float, cached: float | None) -> None:
        _, id, model = self.pick_model(number)
        seen = self.store.reads.model_by_id(id)
        values = price_values(first, 2e-06) | dict.fromkeys(CACHE_FIELDS, cached)
        draft = model_pricing_draft(first, 2e-06, **dict.fromkeys(CACHE_FIELDS, cached))
        base = self.store.reads.model_pricing(id)
        self.do(lambda w: w.save_model_pricing(seen, draft, base))
        model["price"] = saved(model["price"], values)

    @precondition(has_provider)
    @rule(
        number=st.integers(0, 5),
        limits=st.fixed_dictionaries({each: st.sampled_from([None, 30, 90]) for each in LIMIT_FIELDS}),
    )
    def save_limits(self, number: int, limits: dict[str, int | None]) -> None:
        id = self.pick(number)
        seen = self.store.reads.provider_by_id(id)
        base = self.store.reads.limits(id)
        if not any(limits.values()):
            return self.refused(InvalidInput, lambda w: w.save_limits(seen, limits_draft(**limits), base))
        self.do(lambda w: w.save_limits(seen, limits_draft(**limits), base))
        self.providers[id]["limits"] = saved(self.providers[id]["limits"], dict(limits))
        return None

    @rule(
        name=st.sampled_from(NAMES[:2]),
        tokens=st.sampled_from([None, 8192, 200000]),
        price=st.sampled_from([None, *PRICES, *PRICES]),
        broken=st.sampled_from([False, False, False, True]),
    )
    def import_catalog(self, name: str, tokens: int | None, price: float | None, broken: bool) -> None:
        """A catalogue fills in what no person set, whole or not at all."""
        models = [listed(model_id, price, max_input_tokens=tokens) for model_id in MODEL_IDS]
        if broken:
            models.append(replace(listed("broken"), price=CatalogPrice(-1.0, 1.0)))
            return self.refused(InvalidInput, lambda w: w.import_catalog(catalogue(*models, name=name)))
        self.do(lambda w: w.import_catalog(catalogue(*models, name=name)))
        if not self.named(name):
            id = self.store.reads.provider(name).id
            self.providers[id] = new_provider(name, KNOWN[0].endpoint)
            self.fingerprints[id] = []
        (id,) = (each for each, values in self.providers.items() if values["name"] == name)
        for model_id in MODEL_IDS:
            self._take_in(id, model_id, tokens, price)
        return None

    def _take_in(self, id: int, model_id: str, tokens: int | None, price: float | None) -> None:
        """What an import must do to one model."""
        models = self.providers[id]["models"]
        found = [model for model in models.values() if model["model_id"] == model_id]
        if not found:
            row = self.store.reads.model(id, model_id)
            facts = {"model_id": model_id, "name": model_id, "max_input_tokens": tokens}
            models[row.id] = model = new_model("catalogue", set(), **facts)
        else:
            (model,) = found
            if model["source"] == "catalogue":
                told = {} if tokens is None else {"max_input_tokens": tokens}
                changes = {each: told[each] for each in told if each not in model["user_fields"]}
                model["row_version"] += any(model[each] != changes[each] for each in changes)
                model |= changes
        if price is not None and (model["price"] is None or model["price"]["source"] == "catalogue"):
            values = price_values(price, price * 2) | dict.fromkeys(CACHE_FIELDS)
            model["price"] = saved(model["price"], values, source="catalogue")

    @invariant()
    def the_file_is_what_the_dictionaries_say(self) -> None:
        if hasattr(self, "store"):
            assert file_content(self.home.database) == plain_content(self.providers)
            assert self.store.reads.recompute_states() == []

    @invariant()
    def every_key_opens_for_its_own_host_only(self) -> None:
        """As it was entered, or not at all."""
        for id, provider in self.providers.items():
            if not provider["key"]:
                expected: object = Refused
            elif provider["key"][1] != origin(provider["endpoint"]):
                expected = OriginChanged
            else:
                expected = provider["key"][0]
            try:
                found: object = self.store.open_key(self.store.reads.provider_by_id(id)).reveal()
            except (Refused, OriginChanged) as refusal:
                found = type(refusal)
            assert found == expected
