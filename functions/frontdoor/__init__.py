"""Frontdoor answers for the API as a whole, where no context does.

It promises that an address or method nobody serves gets a problem like every other error.
"""
