"""The one form: fields as data, checks, remarks, and drafts that survive a lost terminal."""
