"""Draws the pictures of the README from the program itself: the demo's registry, a fixed clock, real keys.

Run `python screenshots/draw.py` to draw them anew, with `--check` to learn which are stale.
"""

import asyncio
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

from tui_registry.catalog import known_providers
from tui_registry.demo import FIXED_END, make_demo
from tui_registry.store import Store
from tui_registry.ui.app import RegistryApp
from tui_registry.ui.desk import Desk
from tui_registry.vault import Vault

HERE = Path(__file__).parent
WIDE, NARROW = (120, 30), (80, 24)
SETTLED = 0.4
"""Seconds in which everything that a key sets off has been drawn."""

FETCHED_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
FONTS = "DejaVu Sans Mono, Menlo, Consolas"
"""Fonts that draw every glyph one cell wide and fetch nothing from anywhere."""

PICTURES: dict[str, tuple[tuple[int, int], Sequence[str]]] = {
    "providers": (WIDE, ()),
    "models": (
        WIDE,
        ("2", "slash", *"ctx", "greater_than_sign", "equals_sign", *"128k", "space", *"reasoning", "enter"),
    ),
    "compare": (WIDE, ("2", "space", "space", "space", "C")),
    "price-form": (NARROW, ("2", "p", "ctrl+u", *"3", "comma", *"50", "ctrl+s")),
    "history": (WIDE, ("5", "j", "j")),
}


async def draw(database: Path, vault_key: Path, name: str) -> str:
    """One picture of a demo as SVG text."""
    size, keys = PICTURES[name]
    vault = Vault(vault_key)
    store = Store.open(database, vault=vault, clock=lambda: FIXED_END, known=known_providers(), create=False)
    app = RegistryApp(Desk(store, vault, lambda: FIXED_END))
    try:
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            for key in keys:
                await pilot.press(key)
                await settle(pilot) if len(key) > 1 or key.isdigit() else None
            await settle(pilot)
            drawn = app.export_screenshot(title="tui-registry --demo", simplify=True)
    finally:
        store.close()
    return FETCHED_FONT.sub("", drawn).replace("Fira Code", FONTS)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the screen stands still."""
    await pilot.pause(SETTLED)


def main(words: Sequence[str]) -> int:
    """Draw every picture; with `--check` only say which differ from those that are there."""
    stale = []
    with TemporaryDirectory() as folder:
        places = make_demo(Path(folder) / "demo", FIXED_END)
        for name in PICTURES:
            # A copy for each, because looking at a demo already notes that its run was cut off.
            database = Path(folder, name, places.database.name)
            database.parent.mkdir()
            shutil.copy(places.database, database)
            drawn = asyncio.run(draw(database, places.vault_key, name))
            path = HERE / f"{name}.svg"
            if not path.is_file() or path.read_text(encoding="utf-8") != drawn:
                stale.append(path.name)
            if "--check" not in words:
                path.write_text(drawn, encoding="utf-8")
    if "--check" in words and stale:
        sys.stderr.write(f"Stale: {', '.join(stale)}. Draw them anew: python screenshots/draw.py\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
