from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commanding import Shell
from tui_registry.catalog import known_providers
from tui_registry.clock import moment
from tui_registry.demo import FIXED_END, demo_home, make_demo
from tui_registry.endpoint import parse_endpoint
from tui_registry.errors import Refused
from tui_registry.paths import Paths
from tui_registry.store import Store
from tui_registry.ui.desk import Desk
from tui_registry.vault import Vault
from tui_registry.verification import resume_plan

OF_CHANCE = {"uuid", "api_key_encrypted", "key_fingerprint", "edition"}
"""What is random in every registry, and shown nowhere."""

OUTCOMES = {
    "ok", "auth", "funds", "denied", "edge", "missing", "rate", "daily", "params", "too_large", "server",
    "timeout", "protocol", "not_chat",
}  # fmt: skip


def open_demo(places: Paths) -> Store:
    vault = Vault(places.vault_key)
    clock = lambda: FIXED_END  # noqa: E731
    return Store.open(places.database, vault=vault, clock=clock, known=known_providers(), create=False)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return make_demo(tmp_path_factory.mktemp("demo"), FIXED_END)


@pytest.fixture
def store(places: Paths) -> Iterator[Store]:
    with open_demo(places) as opened:
        yield opened


def told(store: Store) -> list[dict[str, object]]:
    """Everything the registry says, without what is random."""
    reads = store.reads
    providers = reads.providers()
    models = [model for row in providers for model in reads.models(row.id)]
    rows = [
        *providers,
        *models,
        *(reads.pricing(row.id) for row in providers),
        *(reads.limits(row.id) for row in providers),
        *(reads.model_pricing(model.id) for model in models),
        *reads.results(limit=10_000),
        *(reads.run(id) for id in run_ids(store)),
    ]
    said = [row.values() for row in rows if row is not None]
    return [{name: value for name, value in row.items() if name not in OF_CHANCE} for row in said]


def run_ids(store: Store) -> list[int]:
    return sorted({row.run_id for row in store.reads.results(limit=10_000) if row.run_id is not None})


def key_words(store: Store, places: Paths) -> dict[str, str]:
    """The state of each provider's key as the lists show it."""
    desk = Desk(store, Vault(places.vault_key), lambda: FIXED_END)
    return {
        row.name: desk.key_words(row.api_key_encrypted, row.endpoint, row.uuid)
        for row in store.reads.providers()
    }


def test_holds_12_providers_and_150_models(store: Store) -> None:
    counts = store.reads.counts()
    assert (counts.providers, counts.models) == (12, 150)
    assert counts.results > 2_000


def test_says_the_same_every_time(store: Store, tmp_path: Path) -> None:
    with open_demo(make_demo(tmp_path, FIXED_END)) as again:
        assert told(again) == told(store)


def test_says_the_same_so_many_days_later(store: Store, tmp_path: Path) -> None:
    later = FIXED_END + timedelta(days=400)
    with open_demo(make_demo(tmp_path, later)) as again:
        ours, theirs = store.reads.results(limit=10_000), again.reads.results(limit=10_000)
        assert len(ours) == len(theirs)
        for mine, other in zip(ours, theirs, strict=True):
            assert moment(other.created_at) - moment(mine.created_at) == timedelta(days=400)
            assert (mine.status, mine.latency_ms, mine.score) == (other.status, other.latency_ms, other.score)


def test_breaks_no_rule_and_has_states_that_follow_from_its_results(store: Store) -> None:
    store.check()
    assert store.reads.recompute_states() == []


def test_shows_a_price_of_every_kind(store: Store) -> None:
    models = [model for row in store.reads.providers() for model in store.reads.models(row.id)]
    prices = [store.reads.effective_price(model.id) for model in models]
    assert {price.origin for price in prices} == {"model", "provider", "unknown"}
    assert {price.source for price in prices} == {"user", "catalogue", None}
    assert {price.currency for price in prices} == {"USD", "EUR", None}
    assert any(price.input == 0 for price in prices)
    assert any(price.origin == "model" and price.output is None for price in prices)
    assert any(price.cache_read and price.cache_write for price in prices)


def test_has_limits_that_are_known_in_part_and_not_at_all(store: Store) -> None:
    limits = [store.reads.limits(row.id) for row in store.reads.providers()]
    known = [each for each in limits if each is not None]
    assert 0 < len(known) < 12
    assert any(each.tokens_per_minute is None for each in known)
    assert any(None not in each.values().values() for each in known)
    assert {each.source for each in known} == {"user", "observed"}


def test_remembers_every_status_and_every_outcome(store: Store) -> None:
    results = store.reads.results(limit=10_000)
    assert {row.status for row in results} == {
        "pass", "partial", "fail", "unsupported", "blocked", "error", "skipped",
    }  # fmt: skip
    assert {row.outcome for row in results} == OUTCOMES
    assert {row.test_type for row in results} == {"key", "models", "chat", "tools", "json", "embeddings"}


def test_remembers_thirty_days_with_gaps(store: Store) -> None:
    found = [moment(row.created_at) for row in store.reads.results(limit=10_000) if row.model_id is not None]
    days = {(FIXED_END - at).days for at in found}
    assert min(days) == 0
    assert max(days) == 30
    assert set(range(31)) - days == {5, 18, 19}
    assert max(found) <= FIXED_END


def test_remembers_results_in_the_order_of_their_moments(store: Store) -> None:
    found = [row.created_at for row in store.reads.results(limit=10_000)]
    assert found == sorted(found, reverse=True)


def test_has_runs_in_every_state(store: Store) -> None:
    states = [store.reads.run(id).state for id in run_ids(store)]
    assert set(states) == {"done", "cancelled", "interrupted", "running"}
    assert states.index("running") == len(states) - 1


def test_the_run_that_was_cut_off_can_be_resumed(store: Store) -> None:
    newest = store.proofs.runs(limit=1)[0]
    rest = resume_plan(store, newest)
    assert {each.row.name for each in rest.providers} <= {"DeepSeek", "Mistral"}
    assert rest.calls


def test_has_models_verified_failing_lapsed_and_never_tried(store: Store) -> None:
    models = [model for row in store.reads.providers() for model in store.reads.models(row.id)]
    states = {
        (model.verification_state, model.consecutive_failures > 0, model.last_verified_at is not None)
        for model in models
    }
    verified, failing, lapsed = (
        ("verified", False, True),
        ("verified", True, True),
        ("unverified", True, True),
    )
    never, never_passed = ("unverified", False, False), ("unverified", True, False)
    assert states == {verified, failing, lapsed, never, never_passed}


def test_has_outages_that_hit_a_whole_provider(store: Store) -> None:
    row = store.reads.provider("DeepSeek")
    results = [each for each in store.reads.results(provider_id=row.id, limit=10_000) if each.model_id]
    on_day = [each for each in results if (FIXED_END - moment(each.created_at)).days == 20]
    assert on_day
    assert {each.outcome for each in on_day} == {"timeout"}


def test_has_slow_days(store: Store) -> None:
    row = store.reads.provider("Mistral")
    times: dict[bool, list[float]] = {True: [], False: []}
    for each in store.reads.results(provider_id=row.id, status="pass", test_type="chat", limit=10_000):
        times[(FIXED_END - moment(each.created_at)).days <= 4].append(each.ttft_ms or 0.0)
    assert min(times[True]) > 2 * sum(times[False]) / len(times[False])


def test_has_keys_in_every_state_that_a_provider_can_be_in(store: Store, places: Paths) -> None:
    words = key_words(store, places)
    assert words["Ollama"] == "none"
    assert words["Fireworks AI"] == "for api.fireworks.example"
    assert words["xAI"] == "damaged"
    assert {name for name, state in words.items() if state == "set"} == {
        "Anthropic", "Cohere", "DeepSeek", "Google", "Groq", "Mistral", "OpenAI", "OpenRouter", "Together AI",
    }  # fmt: skip


def test_says_why_a_provider_is_off(store: Store) -> None:
    off = {row.name: row.state_reason for row in store.reads.providers() if not row.is_active}
    assert off == {
        "Cohere": "key rejected by the provider",
        "Fireworks AI": "endpoint moved to another host",
        "Ollama": "no key yet",
        "Together AI": "key not checked yet",
    }


def test_names_known_providers_at_hosts_that_do_not_exist(store: Store) -> None:
    known = {row.name for row in known_providers().rows()}
    for row in store.reads.providers():
        endpoint = parse_endpoint(row.endpoint)
        assert row.name in known
        assert endpoint.host.endswith(".example") or endpoint.is_loopback


def test_seals_only_keys_that_say_they_are_none(store: Store) -> None:
    for name in ("Anthropic", "Groq", "Together AI"):
        key = store.open_key(store.reads.provider(name)).reveal()
        assert key.startswith("demo-")
        assert key.endswith("-not-a-real-key")


def test_says_of_every_provider_price_and_result_that_it_is_made_up(store: Store) -> None:
    for row in store.reads.providers():
        assert "Made up for the demo" in (row.description or "")
        for model in store.reads.models(row.id):
            price = store.reads.model_pricing(model.id)
            assert price is None or price.source == "user" or "Made up" in (price.note or "")
    for result in store.reads.results(limit=10_000):
        assert result.model_id is None or '"made_up": true' in (result.evidence or "")


def test_says_demo_in_the_top_line(store: Store, places: Paths) -> None:
    assert Desk(store, Vault(places.vault_key), lambda: FIXED_END).opened() == "demo.db"


def test_is_thrown_away_when_it_is_left() -> None:
    with demo_home(FIXED_END) as places:
        home = places.database.parent.parent
        assert places.database.exists()
        assert places.vault_key.is_relative_to(home)
        assert (home.stat().st_mode & 0o777, places.database.stat().st_mode & 0o777) == (0o700, 0o600)
    assert not home.exists()


def test_lies_in_its_own_home_whatever_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI_REGISTRY_DB", str(tmp_path / "mine.db"))
    monkeypatch.setenv("TUI_REGISTRY_KEY_FILE", str(tmp_path / "mine.key"))
    monkeypatch.setenv("TUI_REGISTRY_HOME", str(tmp_path / "mine"))
    make_demo(tmp_path / "demo", FIXED_END)
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_goes_into_no_home_that_holds_anything(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match="not empty"):
        make_demo(tmp_path, FIXED_END)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_can_end_on_any_day_of_a_leap_year(tmp_path: Path) -> None:
    with open_demo(make_demo(tmp_path, datetime(2028, 2, 29, 0, 0, 1, tzinfo=UTC))) as store:
        assert store.reads.counts().models == 150


def test_the_command_line_opens_it_and_throws_it_away(tmp_path: Path) -> None:
    shown = Shell(tmp_path).json("--demo", "provider", "list")
    assert len(shown) == 12
    assert list(tmp_path.iterdir()) == [], "a demo leaves nothing, and touches no home"


def test_follows_the_settings_of_who_looks_around(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "config").mkdir(mode=0o700)
    (tmp_path / "config" / "config.toml").write_text('[keys]\n"record.delete" = "X"\n', encoding="utf-8")
    held = {each["id"]: each["keys"] for each in shell.json("--demo", "keys")}
    assert held["record.delete"] == ["X"]
