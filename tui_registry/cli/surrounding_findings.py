"""What `doctor` finds around the registry: file system, clock, terminal, locale and proxies."""

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tui_registry.cli.findings import Finding
from tui_registry.cli.opening import Session
from tui_registry.clock import moment

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""A time at which this program was being written; no clock that is right says less."""

SKEW = timedelta(minutes=5)
"""How far a stamp may lie ahead of the clock before that is worth a word."""

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def file_system_findings(session: Session) -> Iterator[Finding]:
    """Whether locks can be trusted where the registry lies, or will lie."""
    from tui_registry.store.mounts import file_system, network_banner

    path = session.paths.database
    if banner := network_banner(path):
        yield Finding("file system", "warning", banner)
    elif kind := file_system(path):
        yield Finding("file system", "ok", f"{kind}, on this machine.")
    else:
        yield Finding("file system", "ok", "This system does not say which; a local one is needed.")


def clock_findings(session: Session) -> Iterator[Finding]:
    """The clock against the newest time in the registry, and against the program's own age."""
    now = session.clock()
    newest = session.open_as_found().reads.newest_stamp()
    if now < BUILT:
        yield Finding(
            "clock",
            "warning",
            f"It says {now:%Y-%m-%d}, before this program was written. Set it right: ages of checks and"
            " prices are wrong until then, and so may certificates be.",
        )
    elif newest is not None and moment(newest) > now + SKEW:
        yield Finding(
            "clock",
            "warning",
            f"The newest time in the registry is {newest}, ahead of the clock ({now:%Y-%m-%dT%H:%M:%SZ}). Set"
            " the clock right if it is wrong; nothing saved is lost, times never go back.",
        )
    else:
        yield Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC, not before anything that was saved.")


def environment_findings(session: Session) -> Iterator[Finding]:
    """The terminal as the app would find it, the locale, and proxies."""
    yield _terminal(session)
    encoding = (sys.stdout.encoding or "").lower()
    if encoding.replace("-", "") != "utf8":
        sentence = f"It is {encoding or 'not known'}; UTF-8 shows every name. Run: export LANG=C.UTF-8"
        yield Finding("encoding", "warning", sentence)
    else:
        yield Finding("encoding", "ok", "UTF-8")
    yield _proxies(session)


def _terminal(session: Session) -> Finding:
    term = session.environ.get("TERM", "")
    size = shutil.get_terminal_size()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding("terminal", "ok", "None here; the app needs one, the commands do not.")
    if term in ("", "dumb"):
        sentence = f"TERM is {term or 'not set'}: the app cannot draw here. Run: export TERM=xterm-256color"
        return Finding("terminal", "warning", sentence)
    if size.columns < 60 or size.lines < 15:
        sentence = f"{size.columns}x{size.lines} is small; the app needs 60x15 or more. Make it larger."
        return Finding("terminal", "warning", sentence)
    return Finding("terminal", "ok", f"{term}, {size.columns}x{size.lines}, {_colours(session, term)}.")


def _colours(session: Session, term: str) -> str:
    if session.environ.get("NO_COLOR"):
        return "without colours (NO_COLOR)"
    if session.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256color" in term else "16 colours"


def _proxies(session: Session) -> Finding:
    """Proxies that providers are asked through; their passwords are not told."""
    found = [f"{name}={_told(session.environ[name])}" for name in PROXIES if session.environ.get(name)]
    if not found:
        return Finding("proxy", "ok", "None is set; providers are asked directly.")
    plain = [name for name in PROXIES if urlsplit(session.environ.get(name, "")).password]
    sentence = f"Providers are asked through {', '.join(found)}"
    without = session.environ.get("NO_PROXY") or session.environ.get("no_proxy")
    sentence += f", except {without}." if without else "."
    if plain:
        sentence += f" {plain[0]} holds a password, which other programs of yours can read."
    return Finding("proxy", "warning" if plain else "ok", sentence)


def _told(address: str) -> str:
    """A proxy's address without its user name and password."""
    before, _, rest = address.rpartition("@")
    scheme = f"{before.partition('://')[0]}://" if "://" in before else ""
    return f"{scheme}…@{rest}" if before else rest
