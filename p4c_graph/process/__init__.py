"""The project's process on the graph: evaluate → select → plan field tests → record → report to a region."""
