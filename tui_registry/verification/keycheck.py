"""Whether a key works: the provider's own proof call, with a wrong key as its negative control."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Literal

from tui_registry.store import Finding, Provider, Run, Store, new_result
from tui_registry.text import Secret
from tui_registry.verification import limits
from tui_registry.verification.evidence import evidence
from tui_registry.verification.judgement import Judgement
from tui_registry.verification.options import Options
from tui_registry.verification.retry import delay
from tui_registry.verification.scoring import SCORING_VERSION
from tui_registry.verification.target import Subject, subject_of
from tui_registry.verification.waiting import kept, read
from tui_registry.wire import Exchange, Target, Wire

KeyState = Literal["valid", "rejected", "restricted", "no funds", "unproven", "unreachable"]

_STATUS: dict[KeyState, str] = {
    "valid": "pass",
    "rejected": "fail",
    "restricted": "blocked",
    "no funds": "blocked",
    "unproven": "partial",
    "unreachable": "error",
}


@dataclass(frozen=True, slots=True)
class KeyVerdict:
    """What a check of a key found; only `rejected` is proof that the key is no good."""

    state: KeyState
    sentence: str
    findings: tuple[Finding, ...] = ()

    @property
    def status(self) -> str:
        """The status of the result that keeps it."""
        return _STATUS[self.state]


async def prove_key(
    store: Store, wire: Wire, subject: Subject, options: Options, run: Run | None = None
) -> KeyVerdict:
    """Try the key as its provider proves keys; invalid only after two agreeing rejections.

    The findings are to be recorded by the caller; a negative control is kept at once. Raises Refused when
    the key may not be sent.
    """
    name = subject.row.name
    if subject.proof == "chat":
        sentence = f"Nothing free proves a key of {name}: it is unproven until a paid probe passes."
        return KeyVerdict("unproven", sentence)
    findings: list[Finding] = []
    last = await _answered(wire, subject, options, run, findings)
    state: KeyState
    if last.outcome == "auth":
        sentence = f"{name} rejected the key once."
        findings.append(key_finding(subject, last, "unreachable", sentence, run))
        await options.sleep(options.confirm_after)
        last = await _answered(wire, subject, options, run, findings)
    if last.outcome == "auth":
        state, sentence = "rejected", f"{name} rejected the key twice. Enter another one."
    else:
        state, sentence = await _state(store, wire, subject, last)
    findings.append(key_finding(subject, last, state, sentence, run))
    return KeyVerdict(state, sentence, tuple(findings))


async def _answered(
    wire: Wire, subject: Subject, options: Options, run: Run | None, findings: list[Finding]
) -> Exchange:
    """The proof call's answer; one that only says that the provider is busy is asked for again.

    No answer at all is not waited for a second time.
    """
    attempt = 1
    while True:
        exchange = await wire.prove_key(subject.target, subject.proof)
        is_busy = exchange.outcome in ("rate", "server") and exchange.status is not None
        wait = delay(exchange, attempt, options.chance) if is_busy else None
        if wait is None:
            return exchange
        findings.append(key_finding(subject, exchange, "unreachable", _could_not(subject, exchange), run))
        await options.sleep(wait)
        attempt += 1


def _could_not(subject: Subject, exchange: Exchange) -> str:
    return f"{subject.row.name} could not tell: {exchange.message or exchange.outcome}"


async def _state(store: Store, wire: Wire, subject: Subject, exchange: Exchange) -> tuple[KeyState, str]:
    """What one answer that is no rejection says of the key."""
    name = subject.row.name
    if exchange.outcome == "ok":
        if subject.proof != "GET /models":
            return "valid", f"{name} accepted the key."
        return await _controlled(store, wire, subject)
    if exchange.outcome == "funds":
        return "no funds", f"{name} knows the key, but there is no money left for it."
    if exchange.outcome == "denied":
        return "restricted", f"{name} knows the key, but does not let it make this call."
    if exchange.outcome in ("missing", "unsupported"):
        sentence = f"{name} has no call at its base URL that proves a key for free ({subject.proof})"
        return "unproven", f"{sentence}: it is unproven until a paid probe passes."
    return "unreachable", _could_not(subject, exchange)


async def _controlled(store: Store, wire: Wire, subject: Subject) -> tuple[KeyState, str]:
    """What a list that the key may read proves: nothing where a wrong key reads it as well."""
    name, endpoint = subject.row.name, subject.target.endpoint.url
    control = await read(lambda: store.proofs.key_control(endpoint, subject.proof))
    if control is None:
        wrong = await wire.prove_key(_with_wrong_key(subject.target), subject.proof)
        # the good key got through with the very same request, so even a vague refusal is one of the key
        if wrong.outcome not in ("ok", "auth", "denied", "params"):
            sentence = f"{name} accepted the key, but a wrong key could not be tried: {wrong.outcome}."
            return "unproven", sentence
        refuses = wrong.outcome != "ok"
        control = await kept(
            store.write(lambda write: write.proofs.keep_control(endpoint, subject.proof, refuses))
        )
    if control.refuses_wrong:
        return "valid", f"{name} accepted the key and refuses a wrong one."
    sentence = f"{name} lists its models for any key: it is unproven until a paid probe passes."
    return "unproven", sentence


def _with_wrong_key(target: Target) -> Target:
    """The same request with a key that nobody has."""
    return replace(target, secret=Secret(f"sk-{token_hex(24)}"))


def key_finding(
    subject: Subject, exchange: Exchange, state: KeyState, sentence: str, run: Run | None
) -> Finding:
    """The result that keeps one answer about the key."""
    outcome = "unproven" if state == "unproven" else exchange.outcome
    verdict = Judgement(_STATUS[state], outcome, sentence, checks={"key": state})
    result = new_result(
        provider=subject.row,
        test_type="key",
        status=verdict.status,
        run=run,
        outcome=outcome,
        http_status=exchange.status,
        latency_ms=exchange.total_ms,
        evidence=evidence(exchange, verdict, secret=subject.target.secret),
        endpoint=subject.target.endpoint.url,
        key_fingerprint=subject.row.key_fingerprint,
        scoring_version=SCORING_VERSION,
    )
    return Finding(result, limits.kept(exchange.limits))


async def check_key(store: Store, seen: Provider, options: Options | None = None) -> KeyVerdict:
    """Check a provider's key now and keep what was found; the registry switches nothing on by itself.

    Raises Gone where the provider is not here any more, Refused without a usable key, and children of
    VaultError and StoreError.
    """
    options = options or Options()
    subject = await read(lambda: subject_of(store, seen))
    async with options.open_wire() as wire:
        verdict = await prove_key(store, wire, subject, options)
    await record(store, verdict.findings)
    return verdict


async def record(store: Store, findings: Sequence[Finding]) -> None:
    """Keep findings, if there are any."""
    if findings:
        await kept(store.write(lambda write: write.proofs.record(findings)))
