"""Addresses of the till, of what one pays, and of Stripe's messages."""

from django.urls import path

from memberships.billing import views, webhooks

app_name = "billing"
urlpatterns = [
    path("stripe/webhook/", webhooks.webhook, name="webhook"),
    path("me/money/", views.money, name="money"),
    path("me/money/portal/", views.portal, name="portal"),
    path("c/<slug:community>/checkout/", views.checkout, name="checkout"),
    path("c/<slug:community>/checkout/paid/", views.paid, name="paid"),
]
