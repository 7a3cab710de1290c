"""Everything that can be refused or fail, as sentences for a person.

RegistryError                  base; `exit_code` is what the command line ends with
├── InvalidInput               what was entered breaks a rule; `problems` maps field to sentence
├── Refused                    the registry's present state forbids it
│   ├── HasDependents          other records depend on this one; `counts` says how many of what
│   └── Outdated               what was shown is not so any more: another file, host or key
├── NotFound                   no such record
├── Conflict                   another session changed the same fields; `fields` maps to (was, mine, theirs)
├── Gone                       the record is not there any more, whatever has its id now
├── Unreached                  the network or a service could not be reached
├── AnswerLost                 standard output took no more of the answer
├── StoreError                 the database cannot be used
│   ├── StoreMissing           there is no file where one is expected
│   ├── StoreDamaged           the file is empty, foreign or damaged
│   ├── StoreNewer             the file's format is from a newer version
│   ├── StoreLocked            another process holds the file
│   ├── StoreReadOnly          the file or its directory cannot be written
│   └── StoreFull              no room was left for a save
└── VaultError                 a sealed key cannot be made, read or used
    ├── KeyFileMissing         sealed keys exist, the vault key file does not
    ├── KeyFileRefused         the vault key file's mode, owner, kind or text is not acceptable
    ├── VaultLocked            the vault key is behind a passphrase that was not given yet
    ├── WrongPassphrase        the passphrase does not open the vault key
    ├── WrongVaultKey          the record was sealed with another vault's key
    ├── RecordDamaged          the sealed record was altered or is not one of ours
    ├── RecordNewer            the sealed record was written by a newer version
    └── OriginChanged          the key is sealed for another host than the endpoint's
"""

from collections.abc import Mapping
from typing import ClassVar


class RegistryError(Exception):
    """Base of every refusal; its text tells a person what to do."""

    exit_code: ClassVar[int] = 2


class InvalidInput(RegistryError):
    """What was entered breaks a rule; each field has its own sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep the sentence of each refused field."""
        self.problems = dict(problems)
        super().__init__("\n".join(f"{field}: {sentence}" for field, sentence in self.problems.items()))


class Refused(RegistryError):
    """The registry's present state forbids what was asked."""


class HasDependents(Refused):
    """Other records depend on this one, so it stays."""

    def __init__(self, sentence: str, counts: Mapping[str, int]) -> None:
        """Keep how many records of each kind stand in the way."""
        self.counts = dict(counts)
        super().__init__(sentence)


class Outdated(Refused):
    """What was shown is not so any more, so that a person must look at it as it is now; nothing was done."""


class NotFound(RegistryError):
    """There is no such record."""


class Conflict(RegistryError):
    """Another session changed the same fields since they were loaded."""

    def __init__(self, sentence: str, fields: Mapping[str, tuple[object, object, object]]) -> None:
        """Keep (was, mine, theirs) of each field that both sides changed."""
        self.fields = dict(fields)
        super().__init__(sentence)


class Gone(RegistryError):
    """The record is not there any more: it was deleted, or another file took the registry's place."""


class Unreached(RegistryError):
    """The network or a service could not be reached, or did not answer what was asked."""

    exit_code = 4


class AnswerLost(RegistryError):
    """The answer found no room where it was to be written; what was done stays done."""

    exit_code = 3


class StoreError(RegistryError):
    """The registry's database cannot be used."""

    exit_code = 3


class StoreMissing(StoreError):
    """There is no database where one is expected."""


class StoreDamaged(StoreError):
    """The database file is empty, foreign or damaged."""


class StoreNewer(StoreError):
    """The database has the format of a newer version."""


class StoreLocked(StoreError):
    """Another process holds the database."""


class StoreReadOnly(StoreError):
    """The database or its directory cannot be written."""


class StoreFull(StoreError):
    """No room was left for a save; nothing of it was written."""


class VaultError(RegistryError):
    """A sealed key cannot be made, read or used."""

    exit_code = 3


class KeyFileMissing(VaultError):
    """Sealed keys exist, but the vault key file does not."""


class KeyFileRefused(VaultError):
    """The vault key file's mode, owner, kind or text is not acceptable."""


class VaultLocked(VaultError):
    """The vault key is behind a passphrase, or in a slow place, and nobody has unlocked it yet."""


class WrongPassphrase(VaultError):
    """The passphrase does not open what it was given for."""


class WrongVaultKey(VaultError):
    """The record was sealed with a key of another vault."""


class RecordDamaged(VaultError):
    """The sealed record was altered or was never one of ours."""


class RecordNewer(VaultError):
    """The sealed record was written by a newer version."""


class OriginChanged(VaultError):
    """The key is sealed for another host than the endpoint names."""

    def __init__(self, sentence: str, sealed_for: str) -> None:
        """Keep the origin the key was sealed for, as `https://host:port`."""
        self.sealed_for = sealed_for
        super().__init__(sentence)
