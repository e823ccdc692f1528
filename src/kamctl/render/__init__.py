"""Results as text, tables and documents."""
