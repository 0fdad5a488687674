"""The same product on a laptop: the local cloud, its deployer, the edge, the mailbox and the Stripe stand-in.

Nothing here is deployed, and nothing under `functions/` or `infra/` imports it.
"""
