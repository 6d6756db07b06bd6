"""Teams: in which ones people are where an issuer's tokens say so."""
