"""Recordings: from the files that the PBX left to kept, hashed, playable and readable sound."""
