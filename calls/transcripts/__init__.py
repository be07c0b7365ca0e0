"""Transcripts: from kept sound to words with times, by an offline engine in a process of its own."""
