"""The admin's addresses; importing them imports all of it."""

from django.contrib import admin

from uploads.admin import failures, pictures, search

admin.autodiscover()

urlpatterns = [
    *pictures.addresses(),
    *search.addresses(),
    *failures.addresses(),
    *admin.site.get_urls(),
]
