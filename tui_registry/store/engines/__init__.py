"""What each database engine has its own way of."""
