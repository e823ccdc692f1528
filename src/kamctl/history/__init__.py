"""What git knows of a workspace: its state in an earlier commit, who changed what and when."""
