"""Intake: Turtle, JSON-LD and CSVW tables become named graphs; messages name file and line or row."""
