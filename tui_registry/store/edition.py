"""Which file a registry is and how often it was saved to, so that another file in its place is noticed.

An edition is `<file>.<saves>.<mark>`: the file's random name, how many saves it has had, and a random mark of
the last one. A copy that is put back has the saves of the day it was made, or their number with other marks;
what `restore` puts in place is given a new name.
"""

from secrets import token_hex

import peewee as pw

from tui_registry.store.statements import changes_made, fetch

KEY = "edition"
"""The setting of the database file that holds it."""


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
    file, saves = _parts(now)
    edition = f"{file}.{saves + 1}.{token_hex(4)}"
    if not fetch(database, "UPDATE meta SET value = ? WHERE key = ? RETURNING key", (edition, KEY)):
        fetch(database, "INSERT INTO meta (key, value) VALUES (?, ?)", (KEY, edition))
    return edition


def new_edition() -> str:
    """The edition of a file that begins here, whatever it holds."""
    return f"{token_hex(16)}.0.{token_hex(4)}"


def follows(now: str, seen: str) -> bool:
    """Whether a file of edition `now` came of the one that was `seen` by saves alone."""
    (file, saves), (seen_file, seen_saves) = _parts(now), _parts(seen)
    return now == seen or (file == seen_file and saves > seen_saves)


def _parts(edition: str) -> tuple[str, int]:
    """The file's name and the number of saves; a name that nothing has where the text is no edition."""
    file, _, rest = edition.partition(".")
    saves = rest.partition(".")[0]
    return (file, int(saves)) if file and saves.isdecimal() else (token_hex(16), 0)
