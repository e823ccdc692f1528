"""Forms: what stands on each page that people print, as typed views that templates see."""
