"""Run the program with `python -m tui_registry`."""

from tui_registry.cli import main

if __name__ == "__main__":
    main()
