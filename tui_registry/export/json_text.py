"""JSON as it is handed out: ASCII, indented, its keys in the order they were put in."""

import json


def json_text(value: object) -> str:
    """A value as JSON, a line feed at its end; raises ValueError for a number that JSON does not have."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, indent=2) + "\n"
