"""An import as lines for people and as a record for scripts: new, changed, gone, kept and left out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tui_registry.intake.found import Intake
from tui_registry.money import show_count, show_price
from tui_registry.store.import_rows import Fields, ImportPlan, ProviderPlan
from tui_registry.store.rows import Cell
from tui_registry.text import counted, cut

SHOWN_PROBLEMS = 20
SHOWN_UNKNOWN = 12
_LONGEST_VALUE = 60


class Line(NamedTuple):
    """One line; `depth` is 0 for a heading, 1 for a provider, 2 for what differs in it."""

    depth: int
    text: str


def difference_lines(plan: ImportPlan, found: Intake, most: int) -> Iterator[Line]:
    """Everything there is to say before an import, at most so many models of each kind for a provider."""
    yield from (Line(0, f"new known name: {row.name}, at {row.endpoint}") for row in plan.known)
    same = 0
    for each in plan.providers:
        if each.differs or each.gone or each.kept:
            yield from _provider_lines(each, most)
        else:
            same += 1
    if same:
        yield Line(0, f"{counted(same, 'provider')} the same.")
    yield from left_out_lines(found, plan.skipped)


def _provider_lines(plan: ProviderPlan, most: int) -> Iterator[Line]:
    numbers = (
        (len(plan.new), "new"), (len(plan.changed), "changed"), (len(plan.gone), "gone"),
        (plan.unchanged, "the same"), (len(plan.kept), "kept as set"),
    )  # fmt: skip
    words = ", ".join(f"{number:,} {word}" for number, word in numbers if number) or "no models"
    yield Line(1, f"{plan.name}{f' (new, at {plan.endpoint})' if plan.is_new else ''}: {words}")
    yield from (Line(2, f"changed  {words}") for words in _field_words(plan.fields, "was {}, is {}"))
    yield from _cut([f"new      {id}" for id in plan.new], most, "new")
    changed = [
        f"changed  {each.model_id}: {'; '.join(_field_words(each.fields, 'was {}, is {}'))}"
        for each in plan.changed
    ]
    yield from _cut(changed, most, "changed")
    yield from _cut([f"gone     {id}" for id in plan.gone], most, "gone; nothing is deleted")
    kept = [
        f"kept     {id or 'the provider'}: {'; '.join(_field_words(fields, '{} stays, not {}'))}"
        for id, fields in plan.kept.items()
    ]
    yield from _cut(kept, most, "kept as you or the provider set it")


def _cut(lines: Sequence[str], most: int, what: str) -> Iterator[Line]:
    yield from (Line(2, line) for line in lines[:most])
    if len(lines) > most:
        yield Line(2, f"and {len(lines) - most:,} more {what}")


def left_out_lines(found: Intake, skipped: Sequence[str]) -> Iterator[Line]:
    """What of a file is not taken in: unknown providers, other kinds of entries, bad ones."""
    yield from (Line(0, note) for note in found.notes)
    yield from (Line(0, f"Left out: {reason}") for reason in skipped)
    if found.unknown:
        models = sum(each.models for each in found.unknown)
        whose = f"{counted(len(found.unknown), 'provider')} with {counted(models, 'model')}"
        yield Line(0, f"Not known here, left out: {whose}.")
        for each in found.unknown[:SHOWN_UNKNOWN]:
            yield Line(
                2, f"{each.id}: {counted(each.models, 'model')}{f'; {each.refusal}' if each.refusal else ''}"
            )
        if len(found.unknown) > SHOWN_UNKNOWN:
            yield Line(2, f"and {len(found.unknown) - SHOWN_UNKNOWN:,} more")
    if found.problems:
        yield Line(0, f"Bad entries: {len(found.problems):,}")
        yield from (Line(2, str(each)) for each in found.problems[:SHOWN_PROBLEMS])
        if len(found.problems) > SHOWN_PROBLEMS:
            yield Line(2, f"and {len(found.problems) - SHOWN_PROBLEMS:,} more")


def _field_words(fields: Fields, form: str) -> list[str]:
    """Each field with both its values; a date is said only where nothing else is."""
    telling = {field: sides for field, sides in fields.items() if not field.endswith("source_date")}
    return [
        f"{_title(field)} {form.format(_shown(field, was), _shown(field, now))}"
        for field, (was, now) in (telling or fields).items()
    ]


def _title(field: str) -> str:
    return field.replace("_", " ").removesuffix(" per token")


def _shown(field: str, value: Cell) -> str:
    """A value in words; prices per 1M tokens."""
    if value is None or value == "":
        return "unknown"
    if field.startswith("supports_"):
        return "yes" if value else "no"
    if field.endswith("_price_per_token"):
        return show_price(float(value))
    return show_count(value) if isinstance(value, int) else cut(" ".join(str(value).split()), _LONGEST_VALUE)


def summary(plan: ImportPlan) -> str:
    """The plan in numbers, as one or two sentences."""
    report = plan.report()
    added = _amounts(
        (report.known_added, "known name"),
        (report.providers_added, "provider"),
        (report.models_added, "model"),
        (report.prices_added, "price"),
    )
    changed = _amounts(
        (report.providers_changed, "provider"),
        (report.models_changed, "model"),
        (report.prices_changed, "price"),
    )
    gone = sum(len(each.gone) for each in plan.providers)
    parts = [
        f"new: {added}" if added else "",
        f"changed: {changed}" if changed else "",
        f"gone: {counted(gone, 'model')}, which stay" if gone else "",
        f"kept as you or the provider set it: {report.kept_user:,}" if report.kept_user else "",
    ]
    words = "; ".join(filter(None, parts))
    numbers = f"{words[:1].upper()}{words[1:]}." if words else ""
    if plan.differs:
        return numbers
    why = ": all of it is here already" if plan.providers and not gone else ""
    return f"Nothing to take in{why}. {numbers}".strip()


def _amounts(*counts: tuple[int, str]) -> str:
    return ", ".join(counted(number, noun) for number, noun in counts if number)


def plan_record(plan: ImportPlan, found: Intake) -> dict[str, object]:
    """The plan for scripts; prices are per token."""
    return {
        "format": found.format,
        "said": found.said,
        "known": [row.name for row in plan.known],
        "providers": [_provider_record(each) for each in plan.providers],
        "unknown": [
            {"id": each.id, "name": each.name, "models": each.models, "refusal": each.refusal}
            for each in found.unknown
        ],
        "notes": list(found.notes),
        "skipped": list(plan.skipped),
        "problems": [{"path": each.path, "problem": each.sentence} for each in found.problems],
    }


def _provider_record(plan: ProviderPlan) -> dict[str, object]:
    return {
        "provider": plan.name,
        "endpoint": plan.endpoint,
        "is_new": plan.is_new,
        "fields": _sides(plan.fields, ("was", "now")),
        "new": list(plan.new),
        "changed": [
            {"model_id": each.model_id, "fields": _sides(each.fields, ("was", "now"))}
            for each in plan.changed
        ],
        "gone": list(plan.gone),
        "kept": {id: _sides(fields, ("kept", "stated")) for id, fields in plan.kept.items()},
        "unchanged": plan.unchanged,
    }


def _sides(fields: Fields, names: tuple[str, str]) -> Mapping[str, Mapping[str, Cell]]:
    return {field: dict(zip(names, sides, strict=True)) for field, sides in fields.items()}
