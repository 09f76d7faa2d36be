"""The admin's addresses; importing them imports all of it."""

from django.contrib import admin

from uploads.admin import failures, pictures, search, split_acts

admin.autodiscover()

urlpatterns = [
    *pictures.addresses(),
    *search.addresses(),
    *failures.addresses(),
    *split_acts.addresses(),
    *admin.site.get_urls(),
]
