"""Personal data in what was said: card numbers, passports, codes: found in transcripts, masked in text, silenced."""
