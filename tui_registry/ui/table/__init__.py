"""The one table of all lists: rows by position, a cursor by identity, lines drawn as they are needed."""
