"""One installation for all tests of a process; every test makes its own people."""

import atexit
import shutil
import tempfile
from pathlib import Path

from icmaps import web

_DATA = Path(tempfile.mkdtemp(prefix="icmaps-web-"))
atexit.register(shutil.rmtree, _DATA, ignore_errors=True)
web.prepare(_DATA)

from django.core.management import call_command  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
setup_test_environment()
