"""Incidents (案件): what went wrong, where, since when; categories and their clocks."""
