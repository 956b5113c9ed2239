"""Every address of the site, in one list."""

from django.contrib import admin
from django.urls import include, path

from communities.people import provider
from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("accounts/oidc/<slug:provider_id>/login/", provider.start, name="openid_connect_login"),
    path("accounts/oidc/<slug:provider_id>/login/callback/", provider.back, name="openid_connect_callback"),
    path("accounts/", include("allauth.urls")),
    path("", include("communities.ui.urls")),
    path("", include("communities.files.urls")),
    path("", include("communities.mail.urls")),
    path("", include("communities.people.urls")),
    path("", include("communities.spaces.urls")),
    path("", include("communities.members.urls")),
    path("", include("communities.safety.urls")),
    path("", include("communities.notifications.urls")),
    path("", include("communities.reactions.urls")),
    path("", include("communities.comments.urls")),
    path("", include("communities.discussion.urls")),
    path("", include("memberships.billing.urls")),
    path("", include("memberships.tiers.urls")),
    path("", include("content.search.urls")),
    path("", include("content.posts.urls")),
]
handler429 = "communities.people.throttle.too_often"
handler404 = "content.posts.old_paths.not_found"
handler403 = "communities.ui.errors.forbidden"
handler500 = "communities.ui.errors.broken"
