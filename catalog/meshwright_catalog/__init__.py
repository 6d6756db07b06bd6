"""The catalog of a mesh: register, search, lineage, access, and the pages that show them."""
