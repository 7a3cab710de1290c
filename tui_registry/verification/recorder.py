"""Keeping results while a run goes on: each at once, those that come together in one transaction."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from tui_registry.money import exact
from tui_registry.store import Finding, Result, Store
from tui_registry.verification.events import Event, ProbeFinished
from tui_registry.verification.waiting import kept

WAITING_AT_MOST = 64
"""Results that may wait for the writer before probes wait for it."""


@dataclass(frozen=True, slots=True)
class Note:
    """One finding on its way into the registry, and how it is told."""

    finding: Finding
    provider: str
    model_id: str | None
    sentence: str
    is_final: bool = True


class Recorder:
    """Hands results to the store and tells of each once it is kept."""

    def __init__(self, store: Store, events: "asyncio.Queue[Event | None]") -> None:
        """Write to this store and tell here."""
        self._store = store
        self._events = events
        self._notes: asyncio.Queue[Note | None] = asyncio.Queue(WAITING_AT_MOST)
        self.statuses: Counter[str] = Counter()
        self.cost = Decimal(0)
        self.unknown_costs = 0

    async def keep(self, note: Note) -> None:
        """Hand in one result; waits only while the writer is far behind."""
        await self._notes.put(note)

    async def work(self) -> None:
        """Keep what is handed in until `close`; raises what the store raises."""
        is_open = True
        while is_open:
            handed = [await self._notes.get()]
            while not self._notes.empty():
                handed.append(self._notes.get_nowait())
            is_open = None not in handed
            if notes := [note for note in handed if note is not None]:
                await self._write(notes)

    async def close(self) -> None:
        """Let `work` end once everything that was handed in is kept."""
        await self._notes.put(None)

    async def _write(self, notes: list[Note]) -> None:
        findings = [note.finding for note in notes]
        rows = await kept(self._store.write(lambda write: write.proofs.record(findings)))
        for note, row in zip(notes, rows, strict=True):
            self._count(note, row)
            self._events.put_nowait(
                ProbeFinished(note.provider, note.model_id, row, note.sentence, note.is_final)
            )

    def _count(self, note: Note, row: Result) -> None:
        if note.is_final:
            self.statuses[row.status] += 1
        if row.cost is not None:
            self.cost += exact(row.cost)
        elif row.model_id is not None and row.status in ("pass", "partial", "fail"):
            # a refusal costs nothing
            self.unknown_costs += row.http_status is None or row.http_status < 400
