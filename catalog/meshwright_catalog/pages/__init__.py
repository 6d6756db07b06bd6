"""The catalog's web pages: plain HTML made on the server, which works without a script."""
