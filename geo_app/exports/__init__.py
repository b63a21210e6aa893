"""Exports (导出): tables that leave the service, with a reason, a limit and a mark by which they are traced."""
