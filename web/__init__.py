"""Pages, the live page, the command line, and the wiring of everything else. It owns no tables."""
