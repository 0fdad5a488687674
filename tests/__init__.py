"""Mirrors functions/; `harness` is what the contexts' tests share."""
