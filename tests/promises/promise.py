"""A figure that was promised, and whether it was reached."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was promised, what was found, what was required, and whether that was reached."""

    promise: str
    found: str
    required: str
    reached: bool

    def line(self) -> str:
        """The figure as one row of a table."""
        return f"| {self.promise} | {self.found} | {self.required} | {'yes' if self.reached else '**NO**'} |"


HEAD = "| Promise | Found | Required | Kept |\n|---|---|---|---|"

Promise = Callable[[bool], Iterator[Figure]]
"""Measures figures; told whether the short form will do. Its control is one of them."""
