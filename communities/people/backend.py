"""How somebody is found again by their session: what allauth's backend does, with a question that is written once."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from communities.people.models import User
from communities.ui.written import written


class Backend(AuthenticationBackend):
    """Signs in by a password or an account elsewhere, and knows the person of a session."""

    def get_user(self, user_id: Any) -> User | None:
        user = _person.first(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


@written
def _person(pk: int) -> QuerySet[User]:
    return User.objects.filter(pk=pk)
