"""Workbooks and tables: what leaves kamctl for other programs, and what comes back from them."""
