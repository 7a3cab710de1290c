"""A `.env` template: one line a variable, without a value, under the providers whose key it is to hold."""

from collections.abc import Sequence

from tui_registry.export.offers import Offer
from tui_registry.text import clean


def refusal(offer: Offer) -> str | None:
    """Why the template has no line for this provider; None when it has."""
    return None if offer.variable else "it asks for no key"


def text(offers: Sequence[Offer]) -> str:
    """The file's content."""
    holders: dict[str, list[Offer]] = {}
    for offer in offers:
        holders.setdefault(offer.variable or "", []).append(offer)
    blocks = ["# API keys, one a line after its =. Keep this file to yourself.\n"]
    for variable, those in holders.items():
        comments = "".join(f"# {clean(offer.name)}: {offer.url}\n" for offer in those)
        blocks.append(f"{comments}{variable}=\n")
    return "\n".join(blocks)
