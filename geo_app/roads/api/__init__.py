"""Doors for roads: which there are, ways and closings (`roads`), where a track went along them (`match`)."""
