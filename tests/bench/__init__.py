"""Measurements, each a module with a make target: prints how it goes, and one JSON object as its last line."""
