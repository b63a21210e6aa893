"""Grid releases (网格版本): which cells stand when, how one release replaces another, which cell holds a point.

Geometry is kept for the base grid only; communities, streets and districts are unions of cells.
"""
