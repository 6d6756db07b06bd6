"""The world outside: files, tables, keys, tokens, the catalog and lineage receivers."""
