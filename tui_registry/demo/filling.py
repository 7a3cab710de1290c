"""A made-up registry while it is being filled: its writes, and a clock that is set to days gone by."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui_registry.errors import Refused
from tui_registry.store import Provider, Reads, Run, Writes
from tui_registry.store.write_history import Found, record_results
from tui_registry.text import Secret
from tui_registry.vault import Vault

NOBODY = "0" * 32
"""A UUID that no provider has."""


@dataclass
class Calendar:
    """A clock that stands where it was set."""

    end: datetime
    now: datetime

    def __call__(self) -> datetime:
        """The moment it was set to."""
        return self.now

    def go_to(self, *, days: float, **more: float) -> None:
        """Set it to so long before the end; `more` are further parts of a timedelta."""
        self.now = self.end - timedelta(days=days, **more)

    def go_on(self, seconds: float) -> None:
        """Set it later."""
        self.now += timedelta(seconds=seconds)


class CarelessVault(Vault):
    """A vault that can be told to spoil what it seals, as a failing disk would."""

    spoils = False

    def seal(self, secret: Secret, *, origin: str, uuid: str, field: str = "api_key", key_id: str) -> str:
        """A record of a secret, which nobody can open when it is to be spoilt."""
        held = NOBODY if self.spoils else uuid
        return super().seal(secret, origin=origin, uuid=held, field=field, key_id=key_id)

    def open(self, record: str, *, origin: str, uuid: str, field: str = "api_key") -> Secret:
        """The secret of a record; the spoilt one still opens as long as it is being spoilt."""
        held = NOBODY if self.spoils else uuid
        return super().open(record, origin=origin, uuid=held, field=field)


@dataclass(frozen=True)
class Filling:
    """What fills the registry: everything goes through its store's own writes."""

    writes: Writes
    reads: Reads
    vault: CarelessVault
    calendar: Calendar
    found: list[Found] = field(default_factory=list)
    """Results that are not kept yet."""

    def keep_found(self) -> None:
        """Keep the results that were found so far."""
        record_results(self.writes, self.found)
        self.found.clear()

    def check_key(
        self,
        row: Provider,
        status: str,
        outcome: str,
        http_status: int | None,
        latency_ms: float | None = None,
        run: Run | None = None,
    ) -> None:
        """Keep what a check of a provider's present key found; raises Refused when it has none."""
        fingerprint = row.key_fingerprint
        if fingerprint is None:
            raise Refused(f"{row.name} has no key to check.")
        self.keep_found()
        self.writes.record_key_check(
            row,
            fingerprint,
            status,
            outcome,
            http_status=http_status,
            latency_ms=latency_ms,
            run=run,
        )
