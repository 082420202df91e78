"""The same seeded calls to the simulation and to moto: where their answers differ, `differences.json` says why.

moto is no authority, nor is the simulation: each listed difference names the page of AWS's documentation that decides
it. A difference that is not listed fails, and so does one that no longer occurs.
"""

from .run import SEED, SEQUENCES, Outcome, judge

__all__ = ["SEED", "SEQUENCES", "Outcome", "judge"]
