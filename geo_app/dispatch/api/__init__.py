"""Doors for dispatchers: the queue and what comes in (`incidents`), whom to send and how it goes (`assignments`)."""
