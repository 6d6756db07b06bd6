"""Grants: who may decide about one, how one stands at a moment, and what it permits while it is in force."""
