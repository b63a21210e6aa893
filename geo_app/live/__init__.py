"""Live updates: one listener a process, fanned out to every open page by server-sent events."""
