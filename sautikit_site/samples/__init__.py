"""Every sample of our pages and READMEs, run as it is printed: for `manage.py samples` and the tests."""
