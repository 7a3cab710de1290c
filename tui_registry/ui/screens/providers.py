"""View 1: the providers, and what to do while there are none."""

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on

from tui_registry.store.views import Order
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk
from tui_registry.ui.screens.list_screen import ListScreen
from tui_registry.ui.table import table_messages as told
from tui_registry.ui.table.lists import provider_columns
from tui_registry.ui.table.sorting import ViewSpec
from tui_registry.ui.words import plain

if TYPE_CHECKING:
    from rich.table import Table

    from tui_registry.ui.records.copies import Copy


class ProvidersScreen(ListScreen):
    """Providers, a row for each, with the detail of the one under the cursor beside them.

    It is the first list that is drawn, so what each deed needs is loaded when the deed is begun.
    """

    BINDINGS: ClassVar = [
        bind("record.edit", "edit"),
        bind("record.edit_text", "edit_text"),
        bind("record.new", "new"),
        bind("record.clone", "clone"),
        bind("record.copy", "copy", shown=False),
        bind("record.key", "key"),
        bind("record.price", "price", shown=False),
        bind("record.limits", "limits"),
        bind("record.discover", "discover"),
        bind("record.delete", "delete"),
        bind("record.toggle", "switch"),
        bind("record.models", "models"),
        bind("catalog.import", "import"),
        bind("catalog.file", "import_file"),
        bind("catalog.take_over", "take_over"),
    ]

    def __init__(self, desk: Desk) -> None:
        """The providers of the desk's registry."""
        super().__init__(
            desk,
            ViewSpec(
                view="providers",
                title="Providers",
                noun="provider",
                columns=provider_columns(desk),
                order=Order("name"),
                empty="No providers yet.",
                copies=_copies,
                pane=True,
            ),
        )

    def detail_text(self, row_id: int) -> "Table":
        """The provider under the cursor."""
        from tui_registry.ui.records import describe

        return describe.provider_text(self.desk, row_id)

    def empty_text(self) -> Text:
        """How to begin, with the keys this shell offers, while there is no provider."""
        if self.filter_text:
            return super().empty_text()
        from tui_registry.ui.actions import onboarding

        found = onboarding.found_keys(self.desk)
        lines = [
            "No providers yet.",
            "",
            self._way("catalog.import", "import the bundled catalogue: 2,300 models with prices, no network"),
            self._way("catalog.file", "import a file: a registry, models.dev, LiteLLM or .env"),
            self._way("record.new", "add a provider: a known one or your own"),
        ]
        if found:
            lines += [
                self._way("catalog.take_over", "take over the keys this shell holds:"),
                *(f"        ${each.variable}  for {each.provider_name}" for each in found[:6]),
                *([f"        and {len(found) - 6} more"] if len(found) > 6 else []),
            ]
        more = ("app.keys", "all keys"), ("app.commands", "commands"), ("app.quit", "quit")
        lines += ["", "".join(f"{self._way(*each):<19}" for each in more), ""]
        lines.append(f"Data is in {self.desk.place()}")
        return plain("\n".join(lines), lines=True)

    def _way(self, key_id: str, words: str) -> str:
        return f"  {self.desk.keys.first(key_id):<3} {words}"

    @on(told.Opened)
    def _open(self, event: told.Opened) -> None:
        from tui_registry.ui.screens.pages import show_provider

        self.begin(show_provider, event.row_id)

    def action_new(self) -> None:
        """Add a provider."""
        from tui_registry.ui.actions import provider_editing

        self.begin(provider_editing.new_provider)

    def action_edit(self) -> None:
        """Edit the provider under the cursor."""
        from tui_registry.ui.actions import provider_editing

        self.on_one(provider_editing.edit_provider)

    def action_edit_text(self) -> None:
        """Edit the provider under the cursor in the editor."""
        from tui_registry.ui.actions import provider_editing
        from tui_registry.ui.actions.text_editing import ask_in_editor

        self.on_one(partial(provider_editing.edit_provider, asking=ask_in_editor))

    def action_clone(self) -> None:
        """Add a provider like the one under the cursor."""
        from tui_registry.ui.actions import cloning

        self.on_one(cloning.clone_provider)

    def action_key(self) -> None:
        """Change the key of the provider under the cursor."""
        from tui_registry.ui.actions import key_editing

        self.on_one(key_editing.edit_key)

    def action_price(self) -> None:
        """Edit the default price of the provider under the cursor."""
        from tui_registry.ui.actions import editing

        self.on_one(editing.edit_pricing)

    def action_limits(self) -> None:
        """Edit the limits of the provider under the cursor."""
        from tui_registry.ui.actions import editing

        self.on_one(editing.edit_limits)

    def action_switch(self) -> None:
        """Switch the provider under the cursor on or off."""
        from tui_registry.ui.actions import provider_editing

        self.on_one(provider_editing.toggle_provider)

    def action_delete(self) -> None:
        """Delete the marked providers or the one under the cursor, if nothing depends on them."""
        from tui_registry.ui.actions import deleting
        from tui_registry.ui.actions.deleting_marked import PROVIDERS, delete_marked

        if not self.on_marked(delete_marked, PROVIDERS):
            self.on_one(deleting.delete_provider)

    def action_discover(self) -> None:
        """Ask the provider under the cursor which models it has."""
        from tui_registry.ui.actions import discovering

        self.on_one(discovering.discover)

    def action_models(self) -> None:
        """Go to the models of the provider under the cursor."""
        from tui_registry.ui.screens.pages import show_models

        self.on_one(show_models)

    def action_import(self) -> None:
        """Bring in the bundled catalogue."""
        from tui_registry.ui.actions import onboarding

        self.begin(onboarding.import_catalogue)

    def action_import_file(self) -> None:
        """Bring in a file."""
        from tui_registry.ui.actions import importing

        self.begin(importing.import_file)

    def action_take_over(self) -> None:
        """Seal the keys this shell's variables hold."""
        from tui_registry.ui.actions import onboarding

        self.begin(onboarding.take_over_keys)


def _copies(desk: Desk, row_id: int) -> "tuple[str, list[Copy]]":
    """What can be copied from a provider."""
    from tui_registry.ui.records.copies import provider_copies

    return provider_copies(desk, row_id)
