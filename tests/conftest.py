"""What the tests of the app start from: a registry with the whole catalogue, and a still screen."""

import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.registries import Home
from tui_registry.catalog import bundled_catalogue, known_providers
from tui_registry.store import Store
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.desk import Desk
from tui_registry.vault import Vault


def pytest_configure() -> None:
    """Hear signals as under a terminal; what runs behind a shell's `&` or nohup begins deaf to some."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


@dataclass
class Session:
    """One person's open registry, and the app over it."""

    home: Home
    store: Store
    desk: Desk

    def app(self, **options: bool | str | None) -> RegistryApp:
        """A new app over the desk."""
        return RegistryApp(self.desk, **options)  # type: ignore[arg-type]


def open_session(home: Home, **environ: str) -> Session:
    """The registry of a home with the package's known providers, made first if it is not there."""
    vault = Vault(home.key_file)
    store = Store.open(home.database, vault=vault, clock=home.clock, known=known_providers(), create=True)
    return Session(home, store, Desk(store, vault, home.clock, environ))


@pytest.fixture(scope="session")
def catalogue_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose registry holds the whole bundled catalogue; to be copied, never opened."""
    home = Home(tmp_path_factory.mktemp("catalogue"))
    session = open_session(home)
    batch = bundled_catalogue(home.clock())
    session.store.write(lambda writes: writes.import_catalog(batch)).result()
    session.store.close()
    return home.root


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Session]:
    """A registry with nothing in it, in a shell without keys."""
    session = open_session(Home(tmp_path / "home"))
    yield session
    session.store.close()


@pytest.fixture
def full(tmp_path: Path, catalogue_home: Path) -> Iterator[Session]:
    """A registry with the whole bundled catalogue."""
    shutil.copytree(catalogue_home, tmp_path / "home")
    session = open_session(Home(tmp_path / "home"))
    yield session
    session.store.close()
