"""HANDS OUT: the registry's content as files for other tools, for people, and for another registry."""
