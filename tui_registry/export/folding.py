"""Names as the registry compares them."""


def folded(name: str) -> str:
    """The name without the case of its ASCII letters; `É` and `é` stay two names, as in the database."""
    return name.encode().lower().decode()
