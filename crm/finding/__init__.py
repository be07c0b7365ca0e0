"""Finding clients: the search box, filters, segments, chosen columns.

typed text -> terms[P] -> search -> clients, best first
rows of a client -> index (words, grams, folded texts), in the transaction that changes them
filter as JSON -> filters[P] -> filter_sql -> a condition on `Client`
"""
