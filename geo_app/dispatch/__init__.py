"""Dispatch (派遣): who is there first, one assignment, never two."""
