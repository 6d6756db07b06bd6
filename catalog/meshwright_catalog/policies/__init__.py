"""Versions of products' policies: who wrote each, who approved it, and which one decides."""
