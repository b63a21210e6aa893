"""Roads: the city's road network, who is nearest by travel time on it, and which roads a track took.

Read `model` first (the words, and the `RoadEngine` everything stands behind), then `engine`: a question goes
through `snap` (points onto roads), `nearest` (search over a mode's `graph`) and `line` (the way as geometry).
A track goes through `match`.
"""
