"""What is kept of a call: the log, the recording, the transcript, and the way to find a word again.

In: call events of `pbx`. Out: rows, files, search hits. It knows no client.
"""
