"""Doors to accounts: logging in (`login`, on Flask-Security), and what people do with accounts (`accounts`)."""
