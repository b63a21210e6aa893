"""Plans (调整方案): drafts of the grid that planners draw together, with a log, a review and a day of effect.

A plan keeps what differs from its base release, and every step that led there, chained by hashes.
"""
