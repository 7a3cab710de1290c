"""Every promise, in the order of the table; whoever makes another adds its `figures` here."""

from tests.promises import hostile, killing, power, records, rules, sessions, starting
from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = (
    power.figures,
    killing.figures,
    sessions.figures,
    rules.figures,
    records.figures,
    hostile.figures,
    starting.figures,
)
