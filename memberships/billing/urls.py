"""Addresses of the till, of what one pays, and of Stripe's messages."""

from django.urls import path

from memberships.billing import creators, giving, offer_studio, repricing_views, self_service, views, webhooks

app_name = "billing"
EARNED = "c/<slug:community>/studio/money/"
urlpatterns = [
    path("stripe/webhook/", webhooks.webhook, name="webhook"),
    path("me/money/", views.money, name="money"),
    path("me/money/portal/", views.portal, name="portal"),
    path("me/money/<int:subscription_id>/change/", self_service.change, name="change"),
    path("me/money/<int:subscription_id>/end/", self_service.end, name="stop"),
    path("me/money/<int:subscription_id>/resume/", self_service.resume, name="resume"),
    path("me/money/receipt/<int:invoice_id>/", self_service.receipt, name="receipt"),
    path("c/<slug:community>/checkout/", views.checkout, name="checkout"),
    path("c/<slug:community>/checkout/paid/", views.paid, name="paid"),
    path(EARNED, creators.money, name="earnings"),
    path(EARNED + "buyers/", creators.buyers, name="buyers"),
    path(EARNED + "prices/<int:price_id>/", repricing_views.tell, name="tell_price"),
    path(EARNED + "<int:year>/<int:month>/", creators.statement, name="statement"),
    path(EARNED + "<int:year>/<int:month>/statement.csv", creators.statement_file, name="statement_file"),
    path("c/<slug:community>/give/", giving.give, name="give"),
    path("c/<slug:community>/give/paid/", giving.given, name="given"),
    path("me/money/bought/<int:purchase_id>/", self_service.bill, name="bill"),
    path("c/<slug:community>/studio/offers/", offer_studio.offers, name="offers"),
    path("c/<slug:community>/studio/offers/<int:coupon_id>/archive/", offer_studio.archive, name="archive_offer"),
]
