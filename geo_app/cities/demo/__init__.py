"""The generated demo city: an invented county drawn from a seed, the same to the byte every time.

`generate` draws it; `trouble.next_incident` goes on where its past ends. Pure: no database, no web, no clock.
The order of drawing is the order of the modules: terrain, streets, blocks (cells), lanes, network, units (codes),
roads (names), places, homes, people, rounds (patrol routes), trouble (incidents).
"""

from geo_app.cities.demo.city import SEED, generate, scene_of

__all__ = ["SEED", "generate", "scene_of"]
