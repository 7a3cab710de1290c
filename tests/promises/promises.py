"""Every promise, in the order of the table; whoever makes another adds it here."""

from tests.promises import killing
from tests.promises.promise import Promise

PROMISES: tuple[Promise, ...] = (killing.figures,)
