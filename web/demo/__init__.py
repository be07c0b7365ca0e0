"""The demonstration: a simulated PBX, invented clients and people, and a few days of history. All marked as sample.

run -> people, clients, history (once) -> pbx.simulator -> the same listener, rows and pages as with a real PBX
"""
