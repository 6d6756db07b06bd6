"""What interfaces that were made for Marquez read: the same graph under /marquez/api/v1, and no more of it."""
