"""Two people's versions of one file as one: what they say, then how it is written."""
