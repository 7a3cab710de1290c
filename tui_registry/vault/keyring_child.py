"""The child process that asks the system's keyring: one question on its arguments and input, one answer."""

import base64
import sys

from tui_registry.vault.keyring_place import NO_KEYRING, NOT_INSTALLED, NOT_THERE, SERVICE


def answer(verb: str, account: str, text: bytes) -> tuple[int, bytes]:
    """How the process is to end, and what it is to write."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return NOT_INSTALLED, b""
    try:
        held: str | None = keyring.get_password(SERVICE, account)
        if verb == "get":
            return (NOT_THERE, b"") if held is None else (0, held.encode("ascii", "replace"))
        if verb == "set" or held is None:
            keyring.set_password(SERVICE, account, text.decode("ascii"))
        return 0, b""
    except (KeyringError, RuntimeError, OSError):
        return NO_KEYRING, b""


def main() -> int:
    """Read the question, write the answer; the exit code says how it went."""
    first, _, text = sys.stdin.buffer.read().partition(b"\n")
    code, written = answer(sys.argv[1], base64.b64decode(first).decode(), text)
    sys.stdout.buffer.write(written)
    return code


if __name__ == "__main__":
    sys.exit(main())
