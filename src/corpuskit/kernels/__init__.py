"""The compiled loops, and nothing else: numba over flat arrays, each with a slow, readable twin in the tests.

`jit` says how they are compiled and where the machine code is kept; the other modules are named for the stage
that they serve.
"""
