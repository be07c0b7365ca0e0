"""Asterisk's own record of calls (CDR and queue_log): read, grouped into calls, rebuilt as our records.

In: files and tables that the PBX writes. Out: `CallRecord`s for `calls.reconcile`, which compares them with the call log.
"""
