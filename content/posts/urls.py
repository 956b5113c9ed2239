"""Addresses of posts: the fronts, the post pages, the feeds. The studio's are in studio_urls."""

from django.urls import path

from content.posts import cards, feeds, sitemaps, studio_urls, views

app_name = "posts"
urlpatterns = [
    path("", views.home, name="home"),
    path("c/<slug:community>/", views.stream, name="stream"),
    path("c/<slug:community>/caught-up/", views.caught_up, name="caught_up"),
    path("c/<slug:community>/suggestions/", views.suggestions, name="suggestions"),
    path("c/<slug:community>/first-steps/", views.first_steps, name="first_steps"),
    path("c/<slug:community>/seen/", views.seen, name="seen"),
    path("c/<slug:community>/p/<int:post_id>/", views.short, name="short"),
    path("c/<slug:community>/p/<int:post_id>/<str:slug>/", views.detail, name="detail"),
    path("c/<slug:community>/p/<int:post_id>/card.png", cards.card, name="card"),
    path("c/<slug:community>/card.png", cards.card_of_place, name="card_of_place"),
    path("feed.atom", feeds.atom_of_all, name="atom_of_all"),
    path("feed.rss", feeds.rss_of_all, name="rss_of_all"),
    path("c/<slug:community>/feed.atom", feeds.atom, name="atom"),
    path("c/<slug:community>/feed.rss", feeds.rss, name="rss"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-fronts.xml", sitemaps.sitemap_fronts, name="sitemap_fronts"),
    path("c/<slug:community>/sitemap-<int:block>.xml", sitemaps.sitemap_block, name="sitemap_block"),
    *studio_urls.urlpatterns,
]
