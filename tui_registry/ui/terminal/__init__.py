"""What lies between the app and the terminal: few bytes, quick keys, nothing harmful."""
