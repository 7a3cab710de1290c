"""What an import did, in sentences for the command line and the app."""

from collections.abc import Sequence

from tui_registry.store.rows import ImportReport

SHOWN_REASONS = 5
"""How many of the left-out entries are named before the rest is only counted."""


def summary(report: ImportReport) -> list[str]:
    """The import in sentences: added, changed, kept, left out; never empty."""
    sentences = []
    added = _amounts(
        (report.providers_added, "provider"), (report.models_added, "model"), (report.prices_added, "price")
    )
    changed = _amounts((report.models_changed, "model"), (report.prices_changed, "price"))
    if added:
        sentences.append(f"Added {_join(added)}.")
    if changed:
        sentences.append(f"Changed {_join(changed)}.")
    if not sentences:
        sentences.append("Nothing changed: the registry already holds what the catalogue says.")
    if report.kept_user:
        sentences.append(f"Kept {_amount(report.kept_user, 'value')} that you or the provider set.")
    sentences.extend(_left_out(report.skipped))
    return sentences


def _left_out(reasons: Sequence[str]) -> list[str]:
    if not reasons:
        return []
    rest = len(reasons) - SHOWN_REASONS
    more = [f"And {rest:,} more."] if rest > 0 else []
    return [f"Left out {_amount(len(reasons), 'entry')}.", *reasons[:SHOWN_REASONS], *more]


def _amounts(*counted: tuple[int, str]) -> list[str]:
    return [_amount(count, noun) for count, noun in counted if count]


def _amount(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun.removesuffix('y') + 'ies' if noun.endswith('y') else noun + 's'}"


def _join(parts: Sequence[str]) -> str:
    """Parts as prose: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
