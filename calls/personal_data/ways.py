"""In which ways a piece of sound can be hidden: names for pages and settings, without anything that reads sound. Pure.

In: nothing. Out: names.
"""

SILENCE, TONE = "silence", "tone"
HOW = (SILENCE, TONE)
