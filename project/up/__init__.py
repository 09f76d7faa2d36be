"""`manage.py up`: everything on this machine under one small supervisor."""
