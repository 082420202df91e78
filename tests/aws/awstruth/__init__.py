"""An AWS endpoint for tests: moto, corrected where it is kinder than AWS.

moto answers every call at once and accepts nearly everything. A controller that was tested against that has never seen
an instance being created, a modification that waits for its window, or a refusal. This package patches moto inside its
own process (RDS and Secrets Manager), serves it on loopback, and has a side path `/_goldenpath/` through which a test
reads the truth, injects faults and changes things behind the controller's back.
"""
