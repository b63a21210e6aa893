"""Who acts, what they may do, what they may see: accounts, roles, scope, personal data."""
