"""Reports: facts in, frozen results out."""
