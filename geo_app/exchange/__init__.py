"""Grids in files: what somebody brings is checked, mended by agreement and taken in; what stands is written out."""
