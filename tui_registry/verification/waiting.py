"""Waiting in coroutines: for the store's writer, and for several things at once."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def kept(saved: "Future[T]") -> T:
    """The result of a save; leaving the wait never undoes the save."""
    return await asyncio.shield(asyncio.wrap_future(saved))


async def together(*coroutines: Coroutine[object, object, None]) -> None:
    """Run them side by side; the first that fails, or a cancellation, ends them all before it is raised."""
    tasks = [asyncio.ensure_future(each) for each in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
