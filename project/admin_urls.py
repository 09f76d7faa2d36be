"""The admin's addresses; importing them imports all of it."""

from django.contrib import admin

admin.autodiscover()

urlpatterns = admin.site.get_urls()
