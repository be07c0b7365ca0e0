"""Clients as files: xlsx and csv that other programs can open without harm, and this one can import again."""
