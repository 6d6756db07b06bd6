"""The lineage page: what is around a product, drawn from left to right as SVG, and told as a table."""
