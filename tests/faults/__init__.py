"""Whatever crashes, repeats, comes late or never: every accepted order ends right.

`world` is one process and one thread with a clock of its own: the functions as `wiring` joins them, the state
machine as its file says, `tables`, queues and streams behind the AWS client, the Stripe stand-in behind the SDK.
`trouble` is what goes wrong at those two boundaries, `auditor` what must be true once things are quiet.

`cells` is the fault matrix, `campaign` ten thousand orders with random trouble, `on_the_cloud` some hundred on the
local cloud; `make faults` runs all three.
"""
