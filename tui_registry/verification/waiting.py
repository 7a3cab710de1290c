"""Waiting in a coroutine for what the store's writer does in its thread."""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def kept(saved: "Future[T]") -> T:
    """The result of a save; leaving the wait never undoes the save."""
    return await asyncio.shield(asyncio.wrap_future(saved))
