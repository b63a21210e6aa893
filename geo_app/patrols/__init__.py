"""Patrol routes (巡查路线) and the cells they run through."""
