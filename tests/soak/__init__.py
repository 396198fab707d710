"""Long runs against a real server: clients log what they asked and were told, a nemesis kills, a checker judges.

`make soak` runs them for minutes; their short forms are tests.
"""
