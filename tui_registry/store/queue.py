"""The one thread that writes: what is handed in runs in order, and is never dropped."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from tui_registry.errors import StoreError

T = TypeVar("T")


class WriteQueue:
    """Runs calls one after another on one thread; leaving the program waits for those already handed in."""

    def __init__(self) -> None:
        """Make the queue; its thread starts with the first call."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="registry-writer")

    def put(self, call: Callable[[], T]) -> Future[T]:
        """Hand in a call; its future cannot be cancelled, so a screen that goes away loses no save."""
        answer: Future[T] = Future()
        answer.set_running_or_notify_cancel()
        try:
            self._thread.submit(_run, call, answer)
        except RuntimeError:
            answer.set_exception(StoreError("The registry is closed already, so this was not saved."))
        return answer

    def close(self) -> None:
        """Wait until every call has run; later ones are refused."""
        self._thread.shutdown(wait=True)


def _run(call: Callable[[], T], answer: Future[T]) -> None:
    try:
        result = call()
    except BaseException as error:  # the future carries it to whoever waits
        answer.set_exception(error)
    else:
        answer.set_result(result)
