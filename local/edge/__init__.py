"""The local edge: what CloudFront does in front of the product, on a laptop.

It reads the distribution from the synthesized templates, so there is no second list of cache behaviours
to drift. `template` finds the distribution and resolves its references, `distribution` gives it types,
`policies` knows what AWS manages, `cache` keeps and collapses, `functions` runs CloudFront Functions,
`server` is the data plane.
"""
