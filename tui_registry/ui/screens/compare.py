"""Two to four models side by side; what differs carries a sign, not only a colour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from tui_registry.money import mixed, per_million, show_amount, show_count, show_price
from tui_registry.store import EffectivePrice, Limits, Model, Provider
from tui_registry.ui.desk import Desk, DeskScreen
from tui_registry.ui.screens.record_page import RecordPage
from tui_registry.ui.words import NONE, UNKNOWN, aged, glyph, plain, state, yes_no

FEWEST, MOST = 2, 4
LABEL_WIDTH = 13


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of all models: its label, what each model says, and whether they differ."""

    label: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether not all models say the same."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Side:
    """One model with everything it is compared by."""

    model: Model
    provider: Provider
    price: EffectivePrice
    limits: Limits | None


def read_sides(desk: Desk, ids: Sequence[int]) -> list[Side]:
    """The models of these ids; raises Gone when one was deleted."""
    reads = desk.store.reads
    sides = []
    for each in ids:
        model = reads.model_by_id(each)
        provider = reads.provider_by_id(model.provider_id)
        sides.append(Side(model, provider, reads.effective_price(each), reads.limits(provider.id)))
    return sides


def compared(desk: Desk, sides: Sequence[Side]) -> list[Compared]:
    """Every fact of the models, in the order they are read."""
    facts: list[tuple[str, Callable[[Side], str]]] = [
        ("Provider", lambda side: side.provider.name),
        ("Context", lambda side: show_count(side.model.max_input_tokens)),
        ("Output", lambda side: show_count(side.model.max_output_tokens)),
        ("Price in", lambda side: _price(side.price, side.price.input)),
        ("Price out", lambda side: _price(side.price, side.price.output)),
        ("Cached in", lambda side: _price(side.price, side.price.cache_read)),
        ("Mix {}:{}".format(*desk.store.views.mix), lambda side: mix(side.price, desk.store.views.mix)),
        ("Currency", lambda side: side.price.currency or NONE),
        ("Price from", _price_source),
        ("Requests/min", lambda side: _limit(side.limits, "requests_per_minute")),
        ("Tokens/min", lambda side: _limit(side.limits, "tokens_per_minute")),
        ("Status", lambda side: state(side.model.verification_state, desk.ascii)),
        ("Last passed", lambda side: aged(side.model.last_verified_at, desk.clock(), absent="never")),
        ("Score", lambda side: NONE if side.model.score is None else f"{side.model.score:.2f}"),
        ("Streaming", lambda side: yes_no(side.model.supports_streaming)),
        ("Reasoning", lambda side: yes_no(side.model.supports_reasoning)),
        ("Version", lambda side: side.model.version or NONE),
        ("Architecture", lambda side: side.model.architecture or NONE),
        ("Source", lambda side: _dated(side.model.source, side.model.source_date)),
    ]
    return [Compared(label, tuple(fact(side) for side in sides)) for label, fact in facts]


def mix(price: EffectivePrice, parts: tuple[int, int]) -> str:
    """What so many parts of input and of output cost on average, per 1M tokens."""
    average = mixed(price.input, price.output, parts)
    if average is None:
        return UNKNOWN if price.origin == "unknown" else NONE
    return "free" if average == 0 else show_amount(round(per_million(average), 3))


def _price(price: EffectivePrice, value: float | None) -> str:
    if value is None:
        return UNKNOWN if price.origin == "unknown" else NONE
    return show_price(value)


def _price_source(side: Side) -> str:
    if side.price.origin == "unknown":
        return UNKNOWN
    whose = " (default)" if side.price.origin == "provider" else ""
    return _dated(side.price.source or UNKNOWN, side.price.source_date) + whose


def _dated(source: str, date: str | None) -> str:
    return f"{source} {date[:10]}" if date else source


def _limit(limits: Limits | None, name: str) -> str:
    return UNKNOWN if limits is None else show_count(getattr(limits, name))


def comparison(desk: Desk, ids: Sequence[int]) -> Table:
    """The models side by side as a text; raises Gone when one was deleted."""
    sides = read_sides(desk, ids)
    sign = glyph("differs", desk.ascii)
    table = Table.grid(padding=(0, 1))
    table.expand = True
    table.add_column(width=1)
    table.add_column(width=LABEL_WIDTH)
    for _ in sides:
        table.add_column(ratio=1, overflow="fold")
    table.add_row("", "", *(_head(side) for side in sides))
    for line in compared(desk, sides):
        style = "bold" if line.differs else ""
        values = (Text(plain(value).plain, style=style) for value in line.values)
        table.add_row(sign if line.differs else "", Text(line.label, style=style), *values)
    table.add_row()
    table.add_row(sign, Text("they differ"), *("" for _ in sides))
    return table


def _head(side: Side) -> Text:
    head = plain(side.model.model_id)
    head.stylize("bold underline")
    return head


def offer_to_compare(desk: Desk, marked: str, number: int) -> str:
    """What a list says of its marks, with the key that compares so many."""
    fits = FEWEST <= number <= MOST
    return f"{marked}, {desk.keys.first('mark.compare')} compares them" if fits else marked


async def compare_models(screen: DeskScreen, ids: Sequence[int]) -> None:
    """Show the marked models side by side; says how to mark when there are too few or too many."""
    desk = screen.desk
    if not FEWEST <= len(ids) <= MOST:
        mark, compare = desk.keys.first("mark.toggle"), desk.keys.first("mark.compare")
        screen.tell(f"Mark {FEWEST} to {MOST} models with {mark}, then {compare}. {len(ids):,} are marked.")
        return
    first = [
        (side.provider.name.casefold(), side.model.model_id.casefold(), side.model.id)
        for side in read_sides(desk, ids)
    ]
    ordered = [id for _, _, id in sorted(first)]
    title = f"{len(ordered)} models, prices per 1M tokens"
    screen.app.push_screen(RecordPage(desk, "models", title, lambda: comparison(desk, ordered)))
