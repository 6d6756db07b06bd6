"""The catalog's web pages: plain HTML made on the server, without a script."""
