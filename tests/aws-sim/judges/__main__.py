"""`python -m judges --sim BINARY`: runs the judges and prints what they have looked at."""

import argparse
import logging
import sys
import time

from . import differential, examples, rules, waiters
from .endpoint import Moto, Sim


def main() -> int:
    """Runs all of them, whatever one of them says."""
    parser = argparse.ArgumentParser(prog="judges", description=__doc__)
    parser.add_argument("--sim", required=True, help="the binary of the simulation")
    parser.add_argument("--seed", type=int, default=differential.SEED, help="of the sequences that are compared with moto")
    parser.add_argument("--sequences", type=int, default=differential.SEQUENCES, help="how many, of secrets")
    arguments = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    begun = time.monotonic()
    sim, moto = Sim(arguments.sim), Moto()
    try:
        wrong = judge(sim, moto, arguments.seed, arguments.sequences)
    finally:
        sim.stop()
        moto.stop()
    print(f"judged in {time.monotonic() - begun:.0f} s")
    for line in wrong:
        print(f"- {line}")
    return 1 if wrong else 0


def judge(sim: Sim, moto: Moto, seed: int, sequences: int) -> list[str]:
    """The verdicts, printed; the model's comes last, because it reads what the others have asked."""
    count, unfounded = rules.judge(sim)
    print(f"rules: {count}, each with its page, and with a code and a status of the service models")
    sent = examples.judge(sim)
    print(
        f"documentation: {sent.accepted} examples of {len(sent.operations)} operations accepted; "
        f"{len(sent.left_out)} operations with examples are not simulated"
    )
    ended, unended = waiters.judge(sim)
    print(f"waiters: {ended} ended as boto3 expects")
    compared = differential.judge(sim, moto, seed, sequences)
    print(
        f"moto: {compared.calls} calls in {compared.sequences} sequences of seed {compared.seed} compared, "
        f"{len(compared.listed)} listed differences, {len(compared.unlisted)} others"
    )
    print(f"model: {sim.witness.told()}")
    broken = [f"model: {fault}" for fault in sim.witness.faults]
    return unfounded + sent.wrong + unended + compared.wrong + broken


if __name__ == "__main__":
    sys.exit(main())
