"""How gunicorn serves Baraza in production: `gunicorn --config deploy/gunicorn.conf.py 'app:create_app()'`.

One process with threads serves a network of some thousand people; more processes need a shared
RATE_LIMIT_URL, and /metrics then tells of the process that happens to answer.
"""

import os

bind = os.environ.get("BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 10
keepalive = 5
preload_app = True
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 (memory, where a slow disk cannot hold up the heartbeat)
accesslog = None  # the application logs each request itself, without addresses
loglevel = "warning"
