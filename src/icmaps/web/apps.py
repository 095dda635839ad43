"""The app as Django knows it."""

from django.apps import AppConfig


class Web(AppConfig):
    """All tables of icmaps."""

    name = "icmaps.web"
    label = "web"
