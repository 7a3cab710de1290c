"""The pages of a provider and of a model: everything about it, with the keys that change it."""

from functools import partial
from typing import ClassVar

from tui_registry.ui.actions import (
    cloning,
    deleting,
    discovering,
    editing,
    key_editing,
    provider_editing,
    verifying,
)
from tui_registry.ui.actions.copying import copy_record
from tui_registry.ui.actions.text_editing import ask_in_editor
from tui_registry.ui.bindings import bind
from tui_registry.ui.desk import Desk, DeskScreen, ModelsWanted
from tui_registry.ui.records import describe
from tui_registry.ui.records.copies import model_copies, provider_copies, result_copies
from tui_registry.ui.screens.record_page import RecordPage


class ProviderPage(RecordPage):
    """One provider."""

    BINDINGS: ClassVar = [
        bind("record.edit", "edit"),
        bind("record.edit_text", "edit_text"),
        bind("record.clone", "clone"),
        bind("record.copy", "copy", shown=False),
        bind("record.key", "key"),
        bind("record.price", "price", shown=False),
        bind("record.limits", "limits", shown=False),
        bind("verify.one", "verify"),
        bind("record.discover", "discover"),
        bind("record.toggle", "switch", shown=True),
        bind("record.models", "models", shown=True),
        bind("record.delete", "delete"),
    ]

    def __init__(self, desk: Desk, provider_id: int) -> None:
        """The page of the provider with this id."""
        name = desk.store.reads.provider_by_id(provider_id).name
        super().__init__(desk, "providers", name, lambda: describe.provider_text(desk, provider_id))
        self._record_id = provider_id

    def action_edit(self) -> None:
        """Edit the provider."""
        self.begin(provider_editing.edit_provider, self._record_id)

    def action_edit_text(self) -> None:
        """Edit the provider in the editor."""
        self.begin(partial(provider_editing.edit_provider, asking=ask_in_editor), self._record_id)

    def action_clone(self) -> None:
        """Add a provider like this one."""
        self.begin(cloning.clone_provider, self._record_id)

    def action_copy(self) -> None:
        """Offer what can be copied from the provider."""
        self.begin(partial(copy_record, source=provider_copies), self._record_id)

    def action_key(self) -> None:
        """Change the provider's key."""
        self.begin(key_editing.edit_key, self._record_id)

    def action_price(self) -> None:
        """Edit the provider's default price."""
        self.begin(editing.edit_pricing, self._record_id)

    def action_limits(self) -> None:
        """Edit the provider's limits."""
        self.begin(editing.edit_limits, self._record_id)

    def action_switch(self) -> None:
        """Switch the provider on or off."""
        self.begin(provider_editing.toggle_provider, self._record_id)

    def action_verify(self) -> None:
        """Verify the provider's key and models."""
        self.begin(verifying.verify, verifying.Wanted(providers=(self._record_id,)))

    def action_discover(self) -> None:
        """Ask the provider which models it has."""
        self.begin(discovering.discover, self._record_id)

    def action_models(self) -> None:
        """Go to the provider's models."""
        self.begin(show_models, self._record_id)

    def action_delete(self) -> None:
        """Delete the provider, if nothing depends on it."""
        self.begin(deleting.delete_provider, self._record_id)


class ModelPage(RecordPage):
    """One model."""

    BINDINGS: ClassVar = [
        bind("record.edit", "edit"),
        bind("record.edit_text", "edit_text"),
        bind("record.clone", "clone"),
        bind("record.copy", "copy"),
        bind("record.price", "price"),
        bind("verify.one", "verify"),
        bind("record.delete", "delete"),
    ]

    def __init__(self, desk: Desk, row_id: int) -> None:
        """The page of the model with this id."""
        title = editing.model_title(desk, row_id)
        super().__init__(desk, "models", title, lambda: describe.model_text(desk, row_id))
        self._record_id = row_id

    def action_edit(self) -> None:
        """Edit the model."""
        self.begin(editing.edit_model, self._record_id)

    def action_edit_text(self) -> None:
        """Edit the model in the editor."""
        self.begin(partial(editing.edit_model, asking=ask_in_editor), self._record_id)

    def action_clone(self) -> None:
        """Add a model like this one."""
        self.begin(cloning.clone_model, self._record_id)

    def action_copy(self) -> None:
        """Offer what can be copied from the model."""
        self.begin(partial(copy_record, source=model_copies), self._record_id)

    def action_price(self) -> None:
        """Edit the model's own price."""
        self.begin(editing.edit_model_price, self._record_id)

    def action_verify(self) -> None:
        """Verify the model."""
        self.begin(verifying.verify, verifying.Wanted(models=(self._record_id,)))

    def action_delete(self) -> None:
        """Delete the model, if nothing depends on it."""
        self.begin(deleting.delete_model, self._record_id)


class ResultPage(RecordPage):
    """One verification result."""

    BINDINGS: ClassVar = [bind("record.copy", "copy"), bind("verify.one", "verify")]

    def __init__(self, desk: Desk, result_id: int) -> None:
        """The page of the result with this id."""
        title = f"Result {result_id}"
        super().__init__(desk, "history", title, lambda: describe.result_text(desk, result_id, whole=True))
        self._record_id = result_id

    def action_copy(self) -> None:
        """Offer what can be copied from the result."""
        self.begin(partial(copy_record, source=result_copies), self._record_id)

    def action_verify(self) -> None:
        """Ask again what was asked then."""
        self.begin(_verify_again, self._record_id)


async def _verify_again(screen: DeskScreen, result_id: int) -> None:
    await verifying.verify(screen, verifying.wanted_of("result", [result_id], screen.desk))


async def show_provider(screen: DeskScreen, provider_id: int) -> None:
    """Open a provider's page; raises NotFound when it was deleted meanwhile."""
    screen.app.push_screen(ProviderPage(screen.desk, provider_id))


async def show_model(screen: DeskScreen, row_id: int) -> None:
    """Open a model's page; raises NotFound when it was deleted meanwhile."""
    screen.app.push_screen(ModelPage(screen.desk, row_id))


async def show_result(screen: DeskScreen, result_id: int) -> None:
    """Open a result's page."""
    screen.app.push_screen(ResultPage(screen.desk, result_id))


async def show_models(screen: DeskScreen, provider_id: int) -> None:
    """Go to the models of a provider."""
    name = screen.desk.store.reads.provider_by_id(provider_id).name
    screen.post_message(ModelsWanted(name))
