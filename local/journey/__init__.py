"""`make journey`: buyers who act as browsers do, over HTTP only, each from sign-in to ticket.

`buyer` is what one person does, `seating` how they pick two seats next to each other, `site` how their calls
are made and timed, `report` what is told in the end.
"""
