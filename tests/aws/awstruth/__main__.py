"""`python -m awstruth --port 0`: serves the endpoint on loopback and prints where."""

import argparse
import logging
import os
import signal
import sys

# Before moto is imported: it reads these once. A thousand snapshots is its quota, not AWS's.
os.environ.setdefault("MOTO_RDS_SNAPSHOT_LIMIT", "100000")

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from . import defaults, groups, instances, offers, parameters, secrets  # noqa: E402
from .gate import Gate  # noqa: E402
from .timing import TIMING  # noqa: E402


def build(host: str, port: int):
    """The patched server, bound but not serving yet."""
    for module in (defaults, instances, groups, parameters, offers, secrets):
        module.patch()
    application = Gate(DomainDispatcherApplication(create_backend_app))
    return make_server(host, port, application, threaded=True, request_handler=MotoRequestHandler)


def main() -> None:
    """Reads the flags and serves until a signal."""
    parser = argparse.ArgumentParser(prog="awstruth", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    for name, seconds in vars(TIMING).items():
        flag = name.replace("_", "-")
        default = float(os.environ.get(f"AWSTRUTH_{name.upper()}_SECONDS", seconds))
        parser.add_argument(f"--{flag}-seconds", dest=name, type=float, default=default, help=f"default {default}")
    arguments = vars(parser.parse_args())
    port = arguments.pop("port")
    TIMING.update(arguments)
    # The call log has its own lines, with what matters and without what is secret.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = build("127.0.0.1", port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except (KeyboardInterrupt, SystemExit):
        pass


if __name__ == "__main__":
    main()
