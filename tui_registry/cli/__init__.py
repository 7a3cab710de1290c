"""The door: `tui-registry` opens the app, its commands do the same without a screen."""

from tui_registry.cli.command import main

__all__ = ["main"]
