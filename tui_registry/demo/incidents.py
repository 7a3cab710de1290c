"""What people did and what befell the made-up registry between its runs."""

from collections.abc import Callable

from tui_registry.demo.filling import Filling
from tui_registry.demo.providers import GATEWAY
from tui_registry.store import new_result
from tui_registry.store.drafts import ModelDraft, ModelPricingDraft, ProviderDraft
from tui_registry.store.proof_rows import Finding, SeenLimit


def _move_fireworks(filling: Filling) -> None:
    """Somebody points Fireworks AI at a gateway; its key stays with the host it was entered for."""
    row = filling.reads.provider("Fireworks AI")
    draft = ProviderDraft.parse(ProviderDraft.shown(row) | {"endpoint": GATEWAY})
    filling.writes.save_provider(draft, row)


def _price_by_hand(filling: Filling) -> None:
    """A contract in another currency, and a limit that a person knows better."""
    mistral, google = filling.reads.provider("Mistral"), filling.reads.provider("Google")
    codestral = filling.reads.model(mistral.id, "codestral-2508")
    base = filling.reads.model_pricing(codestral.id)
    contract = ModelPricingDraft.parse(
        {"input_price_per_token": "0.25", "output_price_per_token": "0.75", "currency": "EUR"}
    )
    filling.writes.save_model_pricing(codestral, contract, base)
    gemini = filling.reads.model(google.id, "gemini-2.5-pro")
    edited = ModelDraft.parse(ModelDraft.shown(gemini) | {"max_output_tokens": "65,536"})
    filling.writes.save_model(edited, gemini)


def _reject_cohere(filling: Filling) -> None:
    """Cohere no longer takes the key, twice."""
    row = filling.reads.provider("Cohere")
    for _ in range(2):
        filling.check_key(row, "fail", "auth", 401, 210.0)
        filling.calendar.go_on(20)


def _see_limits(filling: Filling) -> None:
    """An answer of xAI tells its limits, which nobody has entered."""
    row = filling.reads.provider("xAI")
    listed = new_result(
        provider=row,
        test_type="models",
        status="pass",
        outcome="ok",
        http_status=200,
        latency_ms=340.0,
        endpoint=row.endpoint,
        key_fingerprint=row.key_fingerprint,
    )
    limits = (
        SeenLimit("requests", "minute", 480, 479, None, "x-ratelimit-limit-requests"),
        SeenLimit("tokens", "minute", 2_000_000, 1_996_300, None, "x-ratelimit-limit-tokens"),
    )
    filling.writes.proofs.record([Finding(listed, limits=limits)])


def _time_out_deepseek(filling: Filling) -> None:
    """A check of DeepSeek's key gets no answer, which proves nothing."""
    filling.check_key(filling.reads.provider("DeepSeek"), "error", "timeout", None)


INCIDENTS: dict[int, Callable[[Filling], None]] = {
    13: _see_limits,
    11: _move_fireworks,
    9: _price_by_hand,
    6: _reject_cohere,
    2: _time_out_deepseek,
}
"""What happened beside the runs, by days ago."""
