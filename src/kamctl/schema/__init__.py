"""The file format and the method format as models."""
