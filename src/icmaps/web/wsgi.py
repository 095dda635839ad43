"""The door for a WSGI server, as in `gunicorn icmaps.web.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "icmaps.web.settings")
application = get_wsgi_application()
