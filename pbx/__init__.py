"""What Asterisk says, turned into what happened: AMI bytes in, call events out.

This package knows Asterisk. It knows no database, no HTTP and no client.
"""
