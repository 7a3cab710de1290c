"""Every promise, in the order of the table; whoever makes another adds its `figures` here."""

from tests.promises import hostile, killing, power, records, rotation, rules, sessions, starting
from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = (
    power.figures,
    killing.figures,
    sessions.figures,
    rules.figures,
    records.figures,
    rotation.figures,
    hostile.figures,
    starting.figures,
)
