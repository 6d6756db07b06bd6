"""People sign in at their own OpenID provider: authorization code with PKCE (RFC 9700, OpenID Connect Core 1.0)."""
