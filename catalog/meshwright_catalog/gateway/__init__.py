"""The gateway: rows of products over HTTP, as the policies show them; it alone holds storage and keys."""
