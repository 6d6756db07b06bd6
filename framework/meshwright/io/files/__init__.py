"""What operational systems hand over, read from files: one module a format."""

from meshwright.io.files.reader import FileReader as FileReader
