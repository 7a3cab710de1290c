"""What is worse than at the last pass is told; what says nothing about a model is not."""

from pathlib import Path

import pytest

from tests.verifying import RIGHT, Bench, Service, called, failed, opened, said, streamed
from tui_registry.verification import changes_since_pass, is_regression, plan_run


async def verified(bench: Bench) -> int:
    """The id of one more run, an hour later."""
    bench.home.clock.move(hours=1)
    bench.passed += 3600
    plan = plan_run(bench.store, providers=[bench.provider.id], clock=bench.home.clock)
    await bench.verify(plan)
    return bench.store.proofs.runs(limit=1)[0].id


async def test_a_first_run_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    assert changes_since_pass(bench.store, await verified(bench)) == []


async def test_the_same_again_is_no_change(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    await verified(bench)
    assert changes_since_pass(bench.store, await verified(bench)) == []


async def test_a_lost_tool_is_a_regression(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    model = bench.add()
    await verified(bench)
    bench.service.tools = lambda body: said(body, "no tool for you")
    changes = changes_since_pass(bench.store, await verified(bench))
    assert [(each.model_id, each.probe, each.field, each.was, each.now, each.kind) for each in changes] == [
        (model.id, "tools", "status", "pass", "fail", "regression"),
        (model.id, "tools", "tools", 1.0, 0.0, "regression"),
    ]
    assert is_regression(changes)


async def test_a_gained_tool_is_an_improvement(tmp_path: Path) -> None:
    bench = opened(tmp_path, Service(tools=lambda body: called(body, "other")))
    bench.add()
    await verified(bench)
    bench.service.tools = None
    changes = changes_since_pass(bench.store, await verified(bench))
    assert {each.kind for each in changes} == {"improvement"}
    assert not is_regression(changes)


async def test_an_answer_by_another_model_is_a_difference_and_no_regression(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add("gpt-4")
    await verified(bench)
    bench.service.chat = lambda body: streamed({**body, "model": "gpt-3.5-turbo"}, RIGHT.split())
    run_id = await verified(bench)
    changes = changes_since_pass(bench.store, run_id)
    assert [(each.probe, each.field, each.was, each.now, each.kind) for each in changes] == [
        ("chat", "model_served", "gpt-4", "gpt-3.5-turbo", "difference")
    ]
    assert not is_regression(changes)
    chat = bench.store.reads.results(run_id=run_id, test_type="chat")[0]
    assert "names another model: gpt-3.5-turbo" in (chat.evidence or "")


@pytest.mark.parametrize("status", [402, 429, 500, 503])
async def test_trouble_that_passes_is_no_regression(tmp_path: Path, status: int) -> None:
    bench = opened(tmp_path)
    bench.add()
    await verified(bench)
    bench.service.chat = lambda body: failed(status, "trouble", retry_after="1")
    assert changes_since_pass(bench.store, await verified(bench)) == []


async def test_it_is_compared_with_the_last_pass_and_not_with_a_failure_since(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    await verified(bench)
    bench.service.chat = lambda body: failed(404, "gone", "model_not_found")
    for _ in range(2):
        changes = changes_since_pass(bench.store, await verified(bench))
        assert (changes[0].field, changes[0].was, changes[0].now) == ("status", "pass", "fail")


async def test_a_stream_that_became_one_piece_is_a_regression_of_streaming(tmp_path: Path) -> None:
    bench = opened(tmp_path)
    bench.add()
    await verified(bench)
    bench.service.chat = lambda body: streamed(body, [RIGHT])
    changes = changes_since_pass(bench.store, await verified(bench))
    assert [(each.field, each.was, each.now) for each in changes] == [("streaming", 1.0, 0.5)]
