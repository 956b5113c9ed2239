"""say(user, post, "…") for the tests of reactions as well."""

from tests.communities.comments.conftest import say

__all__ = ["say"]
