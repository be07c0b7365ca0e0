"""Quality work of supervisors: what is listened to, how it is judged, and what is said about it.

In: calls with words. Out: a listening queue, reviews by score cards that nobody can rewrite, calibration between
supervisors, coaching notes that operators may answer, and rules for words that matter.
"""
