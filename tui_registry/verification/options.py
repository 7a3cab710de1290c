"""What a verification works with besides the registry: clocks, waits, chance, and the wire."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from tui_registry.clock import Clock, utc_now
from tui_registry.verification.limiter import Now, Sleep
from tui_registry.wire import Deadlines, Wire


@dataclass(frozen=True, slots=True)
class Options:
    """How a run asks; the defaults are for use, the rest for tests. All times are seconds."""

    open_wire: Callable[[], Wire] = Wire
    """Makes the connections to one provider."""
    concurrency: int = 8
    """Calls at once, all providers together."""
    per_key: int = 2
    """Calls at once with one key."""
    local_parallel: int = 1
    """Calls at once to a server on this machine."""
    patience: float = 900.0
    """The longest wait for a limit before a probe is left out."""
    confirm_after: float = 5.0
    """The pause before a rejected key is tried once more."""
    clock: Clock = utc_now
    now: Now = time.monotonic
    sleep: Sleep = asyncio.sleep
    chance: Callable[[], float] = random.random

    def deadlines(self, *, local: bool, slow: bool) -> Deadlines:
        """The deadlines of one call: long ones for models that reason, longer ones on this machine."""
        return Deadlines(total=300.0 if local else 180.0 if slow else 60.0)
