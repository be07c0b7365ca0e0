"""The HTTP API `/api/v1`: JSON for other programs, with tokens, cursor paging and one shape of errors (RFC 9457).

Each module of `resources` keeps a list `OPERATIONS`; routes and the OpenAPI document are both made from these, so that
neither can say what the other does not do.
"""
