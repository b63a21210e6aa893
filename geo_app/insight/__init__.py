"""Figures for who plans and judges (统计): what history weighs in each cell, of a release, a plan, or between two."""
