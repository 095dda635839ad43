"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with the memory and time OWASP asks for (Password Storage Cheat Sheet, 2023).

    Django's own takes 100 MB for each try: a few people signing in would fill a small server.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
