"""The admin's addresses; importing them imports all of it."""

from django.contrib import admin

from uploads.admin import pictures, search

admin.autodiscover()

urlpatterns = [*pictures.addresses(), *search.addresses(), *admin.site.get_urls()]
