"""Grants: requests for access, what was said to them, and who may say it."""
