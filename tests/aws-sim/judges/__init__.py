"""Judges of the simulated AWS, none of which knows how it works inside.

* The service model that botocore ships: every answer has the model's members and types, every error is one that the
  operation declares, every rule has a code that there is, and the requests of AWS's own documentation are understood
  (`wire`, `rules`, `examples`).
* boto3's waiters: they come to their end while virtual time passes (`waiters`).
* moto: seeded sequences of the same calls are answered alike, but for differences that are listed with the page of
  AWS's documentation that decides each of them (`differential`).

`python -m judges --sim BINARY` runs them and prints what they have looked at.
"""
