"""Who may see what: an educator their own assessments, and nobody anybody else's."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from icmaps.web.models import Assessment, User


def visible_to(user: User) -> QuerySet[Assessment]:
    """Return the assessments a person may see and change."""
    return Assessment.objects.filter(owner=user)


def find(user: User, key: UUID) -> Assessment:
    """Return an assessment by its key.

    Raises:
        Http404: If there is none, or it is somebody else's: which of the two is not told.
    """
    found = visible_to(user).filter(key=key).first()
    if found is None:
        raise Http404
    return found
