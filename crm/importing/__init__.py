"""Clients out of other people's spreadsheets.

    file -> reading (rows of cells) -> columns (which column is what) -> entries (what a row says)
         -> plan (what shall be done) -> writing -> undo

Everything up to the plan is pure; `run` drives it chunk by chunk, for the page and for the command line alike.
"""
