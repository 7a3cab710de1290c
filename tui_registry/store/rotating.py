"""A rotation of the vault key from beginning to end, while other sessions read and write."""

from dataclasses import dataclass

from tui_registry.store.store import Store
from tui_registry.store.write_vault import Unread
from tui_registry.text import counted


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation came to; `resumed` where it ended one that was cut off before."""

    key_id: str
    resumed: bool
    unread: tuple[Unread, ...]
    kept: tuple[str, ...]

    def sentences(self) -> list[str]:
        """What a person should know of it, the first line saying that it is done."""
        begun = "ended the rotation that was cut off" if self.resumed else "rotated"
        said = [f"The vault key is {begun}: keys are sealed with {self.key_id[:8]} now."]
        said += [f"{each.provider}: {each.sentence}" for each in self.unread]
        if self.kept:
            why = counted(len(self.unread), "key") + " could not be sealed again"
            said.append(f"The old vault key {', '.join(each[:8] for each in self.kept)} is kept, as {why}.")
        else:
            said.append("The old vault key is gone: keys in earlier backups need a copy of its file.")
        return said


def rotate(store: Store) -> Rotation:
    """Replace the vault key, or end a rotation that was cut off; for a thread.

    Raises VaultError for a vault that is missing, refused, locked or another's, and StoreError. What was
    done until then is whole, and the next rotation goes on from there.
    """
    is_new = store.write(lambda writes: writes.vault.begin_rotation()).result()
    unread = store.write(lambda writes: writes.vault.reseal()).result()
    key_id, kept = store.write(lambda writes: writes.vault.end_rotation()).result()
    return Rotation(key_id, not is_new, tuple(unread), kept)
