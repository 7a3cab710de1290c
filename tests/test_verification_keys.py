"""A key counts as good only where a wrong one is refused, and as bad only after two rejections."""

import json
from pathlib import Path

import pytest

from tests.registries import CANARY
from tests.verifying import Bench, Service, failed, opened
from tui_registry.errors import Refused
from tui_registry.verification import check_key, plan_run


async def check(bench: Bench) -> str:
    return (await check_key(bench.store, bench.provider, bench.options())).state


async def test_a_key_is_valid_where_a_wrong_one_is_refused(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    assert await check(bench) == "valid"
    assert bench.row().key_validated_at is not None
    assert not bench.row().is_active
    assert bench.statuses() == [("key", "pass", "ok")]


async def test_the_wrong_key_is_tried_once_per_endpoint(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    await check(bench)
    assert len(bench.service.asked) == 2
    await check(bench)
    assert len(bench.service.asked) == 3


async def test_a_list_that_anyone_may_read_proves_nothing(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(public_list=True))
    assert await check(bench) == "unproven"
    assert bench.row().key_validated_at is None
    assert bench.statuses() == [("key", "partial", "unproven")]


async def test_a_wrong_key_that_could_not_be_tried_is_tried_again_later(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    answers = bench.service
    real = answers._list
    answers._list = lambda key: real(key) if key == CANARY else failed(503, "busy")  # type: ignore[method-assign]
    assert await check(bench) == "unproven"
    answers._list = real  # type: ignore[method-assign]
    assert await check(bench) == "valid"


@pytest.mark.parametrize(
    ("status", "state"), [(400, "valid"), (422, "valid"), (404, "unproven"), (429, "unproven")]
)
async def test_a_wrong_key_is_refused_by_a_vague_refusal_too(tmp_path: Path, status: int, state: str) -> None:
    bench = opened(tmp_path)
    real = bench.service._list
    bench.service._list = lambda key: real(key) if key == CANARY else failed(status, "Bad Request")  # type: ignore[method-assign]
    assert await check(bench) == state


async def test_one_rejection_alone_changes_nothing(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(key_answers=[401]))
    assert await check(bench) == "valid"
    assert bench.statuses() == [("key", "error", "auth"), ("key", "pass", "ok")]


async def test_two_rejections_five_seconds_apart_switch_the_provider_off(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    await check(bench)
    bench.store.write(lambda write: write.activate(bench.provider)).result()
    bench.service.keys.clear()
    assert await check(bench) == "rejected"
    assert bench.waits == [5.0]
    row = bench.row()
    assert (row.is_active, row.key_validated_at) == (False, None)
    assert row.state_reason == "key rejected by the provider"


@pytest.mark.parametrize(
    ("status", "state", "result"),
    [
        (402, "no funds", "blocked"),
        (403, "restricted", "blocked"),
        (429, "unreachable", "error"),
        (500, "unreachable", "error"),
        (503, "unreachable", "error"),
    ],
)
async def test_whatever_else_happens_is_no_rejection(
    tmp_path: Path, status: int, state: str, result: str
) -> None:
    bench = opened(tmp_path)
    await check(bench)
    bench.store.write(lambda write: write.activate(bench.provider)).result()
    bench.service.key_answers = [status] * 3
    assert await check(bench) == state
    assert bench.statuses()[-1][1] == result
    assert bench.row().is_active


async def test_a_rejection_and_then_another_trouble_is_no_rejection(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(key_answers=[401, 503, 503, 503]))
    assert await check(bench) == "unreachable"
    assert {status for _, status, _ in bench.statuses()} == {"error"}


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_provider_is_asked_again(tmp_path: Path, status: int) -> None:
    bench = opened(tmp_path, Service(key_answers=[status, status]))
    assert await check(bench) == "valid"
    assert [status for _, status, _ in bench.statuses()] == ["error", "error", "pass"]
    assert len(bench.waits) == 2


async def test_where_nothing_free_proves_it_a_chat_probe_does(tmp_path: Path) -> None:
    bench = opened(tmp_path, key_proof="chat")
    bench.add()
    assert await check(bench) == "unproven"
    assert bench.service.asked == []
    await bench.verify(plan_run(bench.store, providers=[bench.provider.id], suite="quick"))
    assert bench.row().key_validated_at is not None
    assert ("key", "pass", "ok") in bench.statuses()


async def test_a_chat_probe_rejects_it_only_twice(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(keys=set()), key_proof="chat")
    bench.add()
    bench.add("second")
    await bench.verify(plan_run(bench.store, providers=[bench.provider.id], suite="quick"))
    assert bench.statuses().count(("key", "fail", "auth")) == 1
    assert len(bench.service.prompts()) <= 4
    assert bench.model().verification_state == "unverified"


async def test_the_key_is_in_no_evidence_whatever_the_service_echoes(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.service._list = lambda key: failed(500, f"bad {key}", key)  # type: ignore[method-assign]
    await check(bench)
    evidence = bench.store.reads.results()[0].evidence
    assert evidence is not None
    assert CANARY not in evidence
    assert json.loads(evidence)["checks"] == {"key": "unreachable"}
    assert CANARY.encode() not in bench.store.path.read_bytes()


async def test_without_a_key_nothing_is_asked(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.store.write(lambda write: write.remove_key(bench.provider)).result()
    with pytest.raises(Refused, match="has no key"):
        await check(bench)
    assert bench.service.asked == []
