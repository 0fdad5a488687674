"""Inventory: rules and stores on moto, races on the local cloud."""
