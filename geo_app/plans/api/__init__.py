"""Doors for planners: plans and their steps (`plans`), what an editor draws and does (`drawing`)."""
