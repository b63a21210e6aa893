"""Geometry of grids: pure functions on shapely and numpy; no database, no web."""
