"""The admin's addresses; importing them imports all of it."""

from django.contrib import admin

from uploads.admin import failures, pictures, saved_searches, search, split_acts

admin.autodiscover()

urlpatterns = [
    *pictures.addresses(),
    *search.addresses(),
    *failures.addresses(),
    *saved_searches.addresses(),
    *split_acts.addresses(),
    *admin.site.get_urls(),
]
