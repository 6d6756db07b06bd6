"""The OpenID Connect issuer of a company: what it publishes, what it signs, and what mesh.toml says of it."""
