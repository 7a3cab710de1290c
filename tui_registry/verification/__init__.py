"""JUDGES: probes keys and models with real calls, within limits and a budget, and keeps what they prove.

`plan_run` tells what a run would do; `run` carries a plan out as a stream of events; `check_key`, `discover`
and `apply_discovery` are for one provider; `mark_interrupted` is for the start of the program, `resume_plan`
for what it found; `changes_since_pass` compares a run with the last that passed. Nothing is loaded before it
is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_registry.verification.discovery import ChangedModel as ChangedModel
    from tui_registry.verification.discovery import Discovery as Discovery
    from tui_registry.verification.discovery import apply_discovery as apply_discovery
    from tui_registry.verification.discovery import discover as discover
    from tui_registry.verification.events import Event as Event
    from tui_registry.verification.events import ProbeFinished as ProbeFinished
    from tui_registry.verification.events import ProbeStarted as ProbeStarted
    from tui_registry.verification.events import RunFinished as RunFinished
    from tui_registry.verification.events import RunStarted as RunStarted
    from tui_registry.verification.events import Summary as Summary
    from tui_registry.verification.keycheck import KeyVerdict as KeyVerdict
    from tui_registry.verification.keycheck import check_key as check_key
    from tui_registry.verification.options import Options as Options
    from tui_registry.verification.plan import ModelPlan as ModelPlan
    from tui_registry.verification.plan import Plan as Plan
    from tui_registry.verification.plan import ProviderPlan as ProviderPlan
    from tui_registry.verification.plan import Skip as Skip
    from tui_registry.verification.planning import plan_run as plan_run
    from tui_registry.verification.regression import Change as Change
    from tui_registry.verification.regression import changes_since_pass as changes_since_pass
    from tui_registry.verification.regression import is_regression as is_regression
    from tui_registry.verification.resuming import mark_interrupted as mark_interrupted
    from tui_registry.verification.resuming import resume_plan as resume_plan
    from tui_registry.verification.runs import run as run
    from tui_registry.verification.suites import SUITES as SUITES

_HOMES = {
    "Change": "regression",
    "ChangedModel": "discovery",
    "Discovery": "discovery",
    "Event": "events",
    "KeyVerdict": "keycheck",
    "ModelPlan": "plan",
    "Options": "options",
    "Plan": "plan",
    "ProbeFinished": "events",
    "ProbeStarted": "events",
    "ProviderPlan": "plan",
    "RunFinished": "events",
    "RunStarted": "events",
    "SUITES": "suites",
    "Skip": "plan",
    "Summary": "events",
    "apply_discovery": "discovery",
    "changes_since_pass": "regression",
    "check_key": "keycheck",
    "discover": "discovery",
    "is_regression": "regression",
    "mark_interrupted": "resuming",
    "plan_run": "planning",
    "resume_plan": "resuming",
    "run": "runs",
}


def __getattr__(name: str) -> object:
    """A public name from the file it lives in; raises AttributeError for any other."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
