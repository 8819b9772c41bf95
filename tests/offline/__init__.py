"""The proof that nothing reaches for the network: every socket of a job and of all its children is written down.

`python -m tests.offline` runs the main job in an empty network namespace, without root's rights, under strace.
"""
