"""The version of library, command and service."""

__version__ = "0.1.0"
