"""Addresses of the staircase, of each tier's public ledger, of gifts and seats, and of the studio's tiers."""

from django.urls import path

from memberships.tiers import gift_views, seat_views, studio, views

app_name = "tiers"
HERE = "c/<slug:community>/studio/tiers/"
ONE = HERE + "<int:tier_id>/"
urlpatterns = [
    path("c/<slug:community>/tiers/", views.staircase, name="staircase"),
    path("c/<slug:community>/tiers/<slug:slug>/", views.ledger, name="ledger"),
    path("c/<slug:community>/gift/<str:token>/", gift_views.gift, name="gift"),
    path("c/<slug:community>/seats/", seat_views.seats, name="seats"),
    path("c/<slug:community>/seats/<int:ask_id>/withdraw/", seat_views.withdraw, name="withdraw"),
    path("c/<slug:community>/studio/seats/", seat_views.waiting, name="waiting"),
    path(HERE, studio.tiers, name="studio"),
    path(HERE + "new/", studio.new, name="new"),
    path(HERE + "uses/", studio.uses, name="uses"),
    path(ONE, studio.edit, name="edit"),
    path(ONE + "state/", studio.state, name="state"),
    path(ONE + "price/", studio.price, name="price"),
    path(ONE + "price/<int:price_id>/end/", studio.end_price, name="end_price"),
    path(ONE + "benefit/", studio.benefit, name="benefit"),
    path(ONE + "benefit/<int:benefit_id>/end/", studio.end_benefit, name="end_benefit"),
    path(ONE + "benefit/<int:benefit_id>/deliver/", studio.deliver, name="deliver"),
    path(ONE + "give/", studio.give, name="give"),
    path(ONE + "take-back/<int:grant_id>/", studio.take_back, name="take_back"),
]
