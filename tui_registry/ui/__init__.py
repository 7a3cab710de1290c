"""What a person sees: the Textual app, its screens and its widgets."""
