"""Pictures as SVG: the same bytes for the same view, without anything from outside."""
