"""The tables: people, their assessments, every placement they made, and their goals.

A placement is kept twice: as it is now, and as each change in the order they came in. A change has
a key that the browser made before it was sent, so that one that is sent again counts once.
"""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models


class People(BaseUserManager["User"]):
    """Makes accounts."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> "User":
        """Make an account; without a password one signs in by a mailed code or link."""
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    team = models.CharField(max_length=200, blank=True)
    school = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[People] = People()
    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class Assessment(models.Model):
    """One person's placements on one map version in one round."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assessments")
    map = models.CharField(max_length=200)
    round = models.CharField(max_length=64)
    date = models.DateField()
    scope = models.JSONField(default=list)
    begun_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One of each person, map and round."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "map", "round"], name="one_a_round")
        ]

    def __str__(self) -> str:
        return f"{self.map}, {self.round}"


class Placement(models.Model):
    """What a person says of one component now."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="placements")
    component = models.CharField(max_length=100)
    answer = models.CharField(max_length=64, blank=True)
    evidence = models.TextField(blank=True)
    version = models.PositiveIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        """One a component."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "component"], name="one_a_component")
        ]

    def __str__(self) -> str:
        return f"{self.component}: {self.answer}"


class Change(models.Model):
    """One change as it came in; `version` is empty where another came first and it was refused."""

    key = models.UUIDField(unique=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="changes")
    component = models.CharField(max_length=100)
    answer = models.CharField(max_length=64, blank=True)
    evidence = models.TextField(blank=True)
    base_version = models.PositiveIntegerField()
    version = models.PositiveIntegerField(null=True)
    came_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.component} {self.base_version} -> {self.version}"


class Goal(models.Model):
    """A level to reach in one component."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="goals")
    component = models.CharField(max_length=100)
    to = models.CharField(max_length=64)
    by = models.DateField(null=True, blank=True)
    action = models.TextField(blank=True)
    support = models.TextField(blank=True)

    class Meta:
        """One a component."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "component"], name="one_goal_a_component")
        ]

    def __str__(self) -> str:
        return f"{self.component} to {self.to}"


class SignInLink(models.Model):
    """A link that signs somebody in once; its token is kept as a hash."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"for {self.user}"
