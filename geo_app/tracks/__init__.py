"""Tracks (轨迹): where responders were on shift, for as long as the law lets us keep it, and what stays of it."""
