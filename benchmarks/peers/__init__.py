"""How others train the same: each script runs in an environment of its own, which need not have sutja."""
