"""Waiting in coroutines: for the store's writer, for a file it holds, and for several things at once."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar

from tui_registry.errors import StoreLocked

T = TypeVar("T")

READ_PATIENCE = 5.0
READ_PAUSE = 0.05
"""Seconds for which a held file is asked again, and between two askings."""


async def kept(saved: "Future[T]") -> T:
    """The result of a save; leaving the wait never undoes the save."""
    return await asyncio.shield(asyncio.wrap_future(saved))


async def read(question: Callable[[], T]) -> T:
    """What the registry answers once nobody holds its file; raises StoreLocked after READ_PATIENCE."""
    for _ in range(round(READ_PATIENCE / READ_PAUSE)):
        try:
            return question()
        except StoreLocked:
            # often it is this process's own writer, which waits for the disk
            await asyncio.sleep(READ_PAUSE)
    return question()


async def read_aside(question: Callable[[], T]) -> T:
    """The same for a question that takes its time: it is asked in a thread of its own."""
    for _ in range(round(READ_PATIENCE / READ_PAUSE)):
        try:
            return await asyncio.to_thread(question)
        except StoreLocked:
            await asyncio.sleep(READ_PAUSE)
    return await asyncio.to_thread(question)


async def together(*coroutines: Coroutine[object, object, None]) -> None:
    """Run them side by side; the first that fails, or a cancellation, ends them all before it is raised."""
    tasks = [asyncio.ensure_future(each) for each in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
