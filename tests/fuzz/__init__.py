"""Hostile files and rows, and what must hold whatever they are.

`python -m tests.fuzz --count 10000` makes as many anew; `corpus/` keeps those that were once a fault or are typical of
an attack, with what an import must say to each (`corpus.toml`).
"""
