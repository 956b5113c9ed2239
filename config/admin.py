"""The branded admin: brand staff only, grouped by the three packages."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class HearthAdminSite(AdminSite):
    site_header = settings.BRAND
    site_title = settings.BRAND
    index_title = _("The desk")
