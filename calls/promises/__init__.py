"""Who bound himself to what: promises, claims and refusals in what was said. Pure, offline.

In: sentences or whole dialogues as a speech engine writes them (lower case, no punctuation). Out: `Found` acts with what,
how much, until when. `extract` is the one way in; the rules of each language are a package of its own.
"""
