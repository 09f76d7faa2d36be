"""`manage.py up` and `manage.py web`."""
