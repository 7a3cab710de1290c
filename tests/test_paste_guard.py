"""An esc that is pasted is no key, however the terminal cuts its pieces."""

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from tui_registry.ui.terminal.paste_guard import BEGIN, END, PasteGuard

TYPED = f"ab{BEGIN}one\x1b[31mtwo\x1b\nn\x1b[20{END}c\x1bd"


@pytest.mark.parametrize("size", [1, 2, 5, 7, 1000])
def test_a_pasted_esc_is_taken_out_and_a_typed_one_stays(size: int) -> None:
    guard = PasteGuard()
    pieces = [TYPED[at : at + size] for at in range(0, len(TYPED), size)]
    safe = f"ab{BEGIN}one\ufffd[31mtwo\ufffd\nn\ufffd[20{END}c\x1bd"
    assert "".join(map(guard, pieces)) == safe


def test_a_paste_with_an_esc_is_one_paste_and_no_key() -> None:
    parser = XTermParser()
    came = list(parser.feed(PasteGuard()(f"{BEGIN}one\x1b[31m\nn{END}")))
    assert [type(each) for each in came] == [events.Paste]
