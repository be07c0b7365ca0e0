"""Clients, tasks, people and their rights: what a call means to the company."""
