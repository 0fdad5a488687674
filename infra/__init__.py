"""The deployment: CDK only. `wiring.py` is the table of contents."""
