"""What other systems know of events and venues, brought in through the organizer's API.

`discovery` and `venue_list` read a file and say of each record what would be created, what had to be mended, or why it
is left out; `organizer` creates it, once, however often the file is brought; `report` says what became of each.
"""
