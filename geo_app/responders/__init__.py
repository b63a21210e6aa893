"""People and vehicles that can be sent: skills, shifts, status, position."""
