"""Which file a registry is and how often it was saved to, so that another file in its place is noticed.

An edition is `<file>.<saves>.<marks>`: the file's random name, how many saves it has had, and a random mark
of each of the last ones. A copy that is put back has too few saves, or other marks for them; what `restore`
puts in place is given a new name.
"""

from secrets import token_hex

import peewee as pw

from tui_registry.store.statements import changes_made, fetch

KEY = "edition"
"""The setting of the database file that holds it."""

MARK, MARKS = 4, 48
"""Hexadecimal digits of a mark, and how many marks are kept: what they tell fits into one setting."""


def read_edition(database: pw.SqliteDatabase) -> str:
    """The edition that the file has now; empty where somebody removed it."""
    found = fetch(database, "SELECT value FROM meta WHERE key = ?", (KEY,))
    return str(found[0][0]) if found else ""


def edition_here(database: pw.SqliteDatabase, begun: str | None) -> str:
    """The edition of what is read here; in a transaction that has changed something, that of its own save.

    `begun` is the edition that the transaction found, None outside of one.
    """
    now = read_edition(database)
    if now != begun or not changes_made(database):
        return now
    file, saves, marks = _parts(now)
    edition = f"{file}.{saves + 1}.{(marks + token_hex(MARK // 2))[-MARK * MARKS :]}"
    if not fetch(database, "UPDATE meta SET value = ? WHERE key = ? RETURNING key", (edition, KEY)):
        fetch(database, "INSERT INTO meta (key, value) VALUES (?, ?)", (KEY, edition))
    return edition


def new_edition() -> str:
    """The edition of a file that begins here, whatever it holds."""
    return f"{token_hex(16)}.0.{token_hex(MARK // 2)}"


def follows(now: str, seen: str) -> bool:
    """Whether a file of edition `now` came of the one that was `seen` by saves alone.

    Of more saves than marks are kept for, only their number tells.
    """
    (file, saves, marks), (seen_file, seen_saves, seen_marks) = _parts(now), _parts(seen)
    if now == seen:
        return True
    if file != seen_file or saves <= seen_saves:
        return False
    end = len(marks) - MARK * (saves - seen_saves)
    return end < MARK or marks[:end].endswith(seen_marks[-MARK:])


def _parts(edition: str) -> tuple[str, int, str]:
    """The file's name, its saves and their marks; a name that nothing has where the text is no edition."""
    file, _, rest = edition.partition(".")
    saves, _, marks = rest.partition(".")
    return (file, int(saves), marks) if file and saves.isdecimal() else (token_hex(16), 0, "")
