"""Roads: the city's road network, and who is nearest by travel time on it.

Read `model` first (the words, and the `RoadEngine` everything stands behind), then `engine`: a question goes
through `snap` (points onto roads), `nearest` (search over a mode's `graph`) and `line` (the way as geometry).
"""
