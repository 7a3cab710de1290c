"""Which variable of the shell a key form offers: never one that a file named."""

from tests.conftest import Session
from tui_registry.store import KnownProvider
from tui_registry.ui.actions.key_editing import variable_for


def test_only_the_variables_the_package_knows_are_offered(empty: Session) -> None:
    empty.desk.environ = {"GROQ_API_KEY": "gsk_1", "DEPLOY_TOKEN": "not for a model's host"}
    known = empty.store.reads.known("Groq")
    assert variable_for(empty.desk, known) == "GROQ_API_KEY"
    brought = KnownProvider(
        "House", "https://llm.example.com/v1", env_vars="DEPLOY_TOKEN GROQ_API_KEY", source="user"
    )
    assert variable_for(empty.desk, brought) is None
