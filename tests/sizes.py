"""How much each test does: every count and duration stands once, here, as (short, soak).

`scripts/test` takes the short ones, `scripts/test --soak` the full ones (it sets GEO_SIZES=soak).
"""

from __future__ import annotations

import os

SIZES: dict[str, tuple[int, int]] = {
    # Hypothesis examples of a property, unless the property names its own size.
    "examples": (40, 2_000),
    # Rounds in which a release is published while things are matched.
    "publish_rounds": (5, 200),
    # Releases, half of them dated ahead, after each of which is noted what was matched and known.
    "noted_releases": (8, 50),
    # Of every nine statements of who publishes, how many are its last.
    "publish_kills": (1, 9),
    # Publishes that are killed from when COMMIT is sent on, in each of three ways.
    "commit_kills": (2, 60),
    # Incidents, each of which is assigned twice, by 16 clients.
    "contested_incidents": (60, 5_000),
    # Stories of up to 40 steps of dispatchers and responders, each compared with a model step by step.
    "dispatch_stories": (20, 250),
    # What each of eight hands does to the same few assignments at once.
    "turns_at_once": (15, 1_000),
    # Points for which the database's cell is compared with brute force, in each real city.
    "cell_at_points": (2_000, 10_000),
    # Hostile points around borders, corners and anywhere whose cell from the index is compared with GEOS and PostGIS.
    "hostile_points": (4_000, 400_000),
    # Places on borders that are tried to find those where plain double arithmetic errs: one in a hundred thousand.
    "doubtful_places": (2_000_000, 40_000_000),
    # Lines whose way through the cells is compared with brute force, in each real city.
    "crossing_lines": (40, 400),
    # Generated cities that are looked at whole, each with another seed.
    "demo_cities": (2, 60),
    # Communities of 回天 whose names are said in each way.
    "spoken_names": (40, 130),
    # Incidents in each real city whose nearest of 300 responders are compared with networkx.
    "road_incidents": (50, 200),
    # Questions asked by eight threads while roads are closed and opened.
    "road_questions": (1_000, 20_000),
    # Responders, and places they are asked to, in each real city with restrictions: 10,000 pairs.
    # Only roads within so many metres of the middle count.
    "restricted_span": (1_500, 100_000),
    "restricted_responders": (40, 100),
    "restricted_places": (4, 100),
    # Requests made from the description of each operation, valid ones and as many broken ones.
    "described_requests": (30, 500),
    # Incidents and responders in each real city whose candidates are compared with networkx.
    "ranked_incidents": (20, 200),
    "ranked_responders": (60, 300),
    # Clients who assign 300 incidents twice each to 300 responders, and how often they do it.
    "race_clients": (16, 32),
    "race_rounds": (1, 200),
    # Times the web server is killed and the database stopped at once while people work.
    "crashes": (3, 20),
    # Times the web server is killed while a planner draws.
    "drawing_kills": (1, 20),
    # Open pages beside normal work, and the facts each of them must hear.
    "open_pages": (60, 300),
    "told_facts": (20, 400),
    # Rows of a table of incidents that is loaded.
    "loaded_rows": (200, 10_000),
    # Rounds of each of eight writers, three facts a round, while two sealers seal.
    "sealed_facts": (20, 400),
    # Wrong logins at one account, from 50 addresses; and colleagues behind one address that is slowed.
    "wrong_logins": (60, 1_000),
    "colleagues": (6, 40),
    # Incidents all over a town, and questions what is near whose answers are compared with brute force.
    "near_incidents": (600, 20_000),
    "near_questions": (60, 2_000),
    # Stories of about a dozen edits, each judged on the whole partition; edits of 400 and of 10,000
    # cells whose two verdicts are compared; and edits in a row, each 2,000 of which are then taken back.
    "edit_stories": (15, 300),
    "edit_verdicts": (20, 10_000),
    "edit_verdicts_10k": (1, 100),
    "edits_in_a_row": (400, 200_000),
    # Stories of five edits, after each of which all points of a small city are matched anew.
    "recast_stories": (6, 300),
    # Plans begun and published on any release, each story of eight rounds.
    "base_stories": (1, 60),
    # What each of two planners does in one plan at once; and edits in a row of which every one is taken back.
    "planner_turns": (40, 500),
    "steps_taken_back": (40, 2_000),
    # Rough cities of about a hundred cells that are drawn on grids from fine to coarse.
    "rough_cities": (12, 2_000),
    # Layers of some hundred cells with defects of every kind put in, all of which must be found.
    "spoilt_layers": (2, 100),
    # Files with defects of all fourteen kinds put in, each read another wrong way; and as many clean ones.
    "spoilt_files": (7, 140),
    # Rough cities that are written and read again in every format.
    "rough_exchanges": (3, 300),
    # Stories of up to three releases of a small city, of which only what changes is drawn.
    "redrawn_cities": (12, 2_000),
    # Made-up trips whose match is looked at, and tracks of taxis.
    "made_up_trips": (4, 200),
    "taxi_tracks": (20, 89),
    # Statements that are prepared, tiles that are read, and the like always run in full: they need no size.
}


def size(name: str) -> int:
    """Return the size called `name`: the short one, or the full one when GEO_SIZES=soak."""
    short, soak = SIZES[name]
    return soak if is_soak() else short


def is_soak() -> bool:
    """Return whether this run takes the full sizes; any word but short and soak is a ValueError."""
    wanted = os.environ.get("GEO_SIZES", "short")
    if wanted not in {"short", "soak"}:
        raise ValueError(f"GEO_SIZES={wanted!r}: it is short or soak")
    return wanted == "soak"
