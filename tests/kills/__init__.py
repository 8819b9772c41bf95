"""kill -9 at random moments of whatever writes: `python -m tests.kills --count 200` prints a table.

After each kill the store is opened again and holds: all that was acknowledged, nothing in part, an audit chain that
verifies; and no process is left behind. `tests.kills.works` does the work, `proofs` looks at what is left.
"""
