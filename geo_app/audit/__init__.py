"""Audit (审计): facts sealed into a hash chain, anchored in files day by day, verified and searched."""
