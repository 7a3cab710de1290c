"""What is pasted stays text: an esc inside a bracketed paste ends nothing and is no key."""

BEGIN, END = "\x1b[200~", "\x1b[201~"

HARMLESS = "\ufffd"
"""What stands for an esc that was pasted."""


class PasteGuard:
    """Goes over what the terminal sends, piece by piece, and takes every esc out of what is pasted.

    Textual's parser reads an unknown sequence in a paste as typed keys, which would run as commands.
    """

    def __init__(self) -> None:
        """Begin outside a paste."""
        self._is_inside = False
        self._sent = ""
        self._held = ""

    def __call__(self, text: str) -> str:
        """The text as it may be read; what may be the half of a paste's end is held back."""
        text, self._held = self._held + text, ""
        safe = []
        while text:
            if self._is_inside:
                pasted, ended, text = text.partition(END)
                if not ended:
                    pasted, self._held = _split(pasted)
                safe.append(pasted.replace("\x1b", HARMLESS) + ended)
                self._is_inside = not ended
                self._sent = ""
            else:
                before, begun, _ = (self._sent + text).partition(BEGIN)
                taken = len(before + begun) - len(self._sent)
                safe.append(text[:taken])
                self._sent = (self._sent + text[:taken])[1 - len(BEGIN) :]
                text = text[taken:]
                self._is_inside = bool(begun)
        return "".join(safe)


def _split(text: str) -> tuple[str, str]:
    """A text without an end that could be the beginning of END, and that end."""
    for size in range(min(len(END) - 1, len(text)), 0, -1):
        if END.startswith(text[-size:]):
            return text[:-size], text[-size:]
    return text, ""
