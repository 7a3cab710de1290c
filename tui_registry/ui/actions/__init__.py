"""What a person does to records from any screen: ask, save, tell."""
