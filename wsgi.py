"""The WSGI application for any server: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`."""

from __future__ import annotations

from adapter.api.app import from_environ

app = from_environ()
