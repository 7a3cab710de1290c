"""What is killed: each deed on a home made for it, and how to tell whether what it left is whole."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.registries import Home, add_keyed, catalogue, done, listed, provider_draft
from tests.rule_cases import BASE
from tui_registry.errors import StoreDamaged, StoreError
from tui_registry.store import Store
from tui_registry.store.backup import back_up
from tui_registry.store.backups import backups_of, check_sum
from tui_registry.store.ladder import climb
from tui_registry.store.restoring import restore
from tui_registry.store.schema import APPLICATION_ID, FORMAT, build, steps
from tui_registry.store.soundness import check_copy, check_file

LATER = ("key_control", "observed_limit", "model_observation")
"""Tables that the first format did not have."""

MANY = 20
"""How many models one save brings; half of them would be half a save."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed, the home it begins with, and what is wrong with what a killed one left, None if nothing.

    `judge` is told whether the deed was acknowledged as done.
    """

    name: str
    prepare: Callable[[Home], object]
    do: Callable[[Home], object]
    judge: Callable[[Home, bool], str | None]


def backups(home: Home) -> Path:
    """Where the backups of a home lie."""
    return home.database.parent / "backups"


def filled(home: Home) -> None:
    """A registry with a keyed provider, and a backup of it."""
    with home.open() as store:
        add_keyed(store)
        store.back_up("hand")
    home.clock.move(hours=1)


def save(home: Home) -> None:
    """One save of many records."""
    with home.open(create=False) as store:
        add_many(store)


def add_many(store: Store) -> None:
    """Bring many models in one transaction."""
    done(store, lambda write: write.import_catalog(catalogue(*(listed(f"model-{n}") for n in range(MANY)))))


def saved_whole(home: Home, acknowledged: bool) -> str | None:
    """All or none of the save, and all of an acknowledged one."""
    found = counted(home.database, "model")
    if found not in (0, MANY):
        return f"half a save: {found} of {MANY}"
    return "an acknowledged save is gone" if acknowledged and not found else None


def of_the_first_format(home: Home) -> None:
    """A file as the first version made it."""
    home.database.parent.mkdir(parents=True)
    with closing(sqlite3.connect(home.database, isolation_level=None)) as first:
        first.execute("BEGIN")
        build(first, steps()[:1])
        for statement in BASE:
            if not any(table in statement for table in LATER):
                first.execute(statement)
        first.execute("COMMIT")
        first.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        first.execute("PRAGMA user_version = 1")
    home.database.chmod(0o600)


def upgrade(home: Home) -> None:
    """To the present format."""
    climb(home.database, backups(home), home.clock)


def upgraded_whole(home: Home, acknowledged: bool) -> str | None:
    """The old file or the new one, each finished backup good, and the next start finishes."""
    form = check_copy_recovered(home.database)
    if form not in (1, FORMAT) or (acknowledged and form != FORMAT):
        return f"format {form}"
    if form == FORMAT and not backups_of(home.database, backups(home)):
        return "upgraded without a backup"
    home.clock.move(seconds=1)
    climb(home.database, backups(home), home.clock)
    return None if check_file(home.database) == () else "open to others"


def begin(home: Home) -> None:
    """The first start."""
    home.open().close()


def begun_whole(home: Home, acknowledged: bool) -> str | None:
    """No file or a whole one; the next start finishes."""
    if not home.database.exists():
        if acknowledged:
            return "an acknowledged registry is gone"
        home.open().close()
    return None if counted(home.database, "known_provider") else "a file without the known providers"


def copy(home: Home) -> None:
    """A backup by hand."""
    back_up(home.database, backups(home), "hand", home.clock())


def copied_whole(home: Home, acknowledged: bool) -> str | None:
    """The older backup as it was, each backup with its name good, and an acknowledged one there."""
    found = backups_of(home.database, backups(home))
    if len(found) != 1 + acknowledged and not (len(found) == 2 and not acknowledged):
        return f"{len(found)} backups"
    drafts = [path.name for path in backups(home).glob("*.part*")]
    return f"{drafts} left" if len(drafts) > 2 else None


def bring_back(home: Home) -> None:
    """The backup in the registry's place."""
    restore(home.database, backups_of(home.database, backups(home))[-1].path, home.clock())


def changed_since(home: Home) -> None:
    """A registry with more in it than its backup."""
    filled(home)
    with home.open(create=False) as store:
        done(store, lambda write: write.add_provider(provider_draft("xAI", "https://api.x.ai/v1")))


def brought_back_whole(home: Home, acknowledged: bool) -> str | None:
    """The registry as it was or as the backup has it, and never none; what was there is not lost."""
    found = counted(home.database, "provider")
    if found not in (1, 2) or (acknowledged and found != 1):
        return f"{found} providers"
    asides = list(home.database.parent.glob("registry.db.before-restore-*"))
    if found == 1 and [counted(aside, "provider") for aside in asides] != [2]:
        return "what was there is gone"
    return None


DEEDS = (
    Deed("a save", filled, save, saved_whole),
    Deed("an upgrade", of_the_first_format, upgrade, upgraded_whole),
    Deed("the first start", lambda home: None, begin, begun_whole),
    Deed("a backup", filled, copy, copied_whole),
    Deed("a restore", changed_since, bring_back, brought_back_whole),
)


def judged(deed: Deed, home: Home, acknowledged: bool) -> str | None:
    """What is wrong with a home after the deed was killed in it; None where all is whole."""
    try:
        if home.database.exists():
            check_copy_recovered(home.database)
        elif deed.do is not begin:
            return "the registry is gone"
        for each in backups_of(home.database, backups(home)):
            check_sum(each.path)
            check_copy(each.path)
        return deed.judge(home, acknowledged)
    except (StoreError, sqlite3.Error) as error:
        return str(error)


def check_copy_recovered(path: Path) -> int:
    """Undo an interrupted save as the next start does, then check the whole file, indexes too; its format."""
    with closing(sqlite3.connect(path)) as connection:
        problem = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise StoreDamaged(problem)
    return check_copy(path)


def counted(path: Path, table: str) -> int:
    """How many rows a table has."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
