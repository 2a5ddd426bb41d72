# Baraza in a container: the same image serves, works and runs commands.
# Everything is pinned by hash in requirements/run.txt; catalogues are compiled while building.
FROM python:3.11-slim-bookworm AS build
WORKDIR /baraza
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /opt/baraza \
 && /opt/baraza/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/run.txt
COPY app app
RUN for po in app/translations/*/LC_MESSAGES/messages.po; do \
        /opt/baraza/bin/pybabel --quiet compile --input-file "$po" --output-file "${po%.po}.mo"; \
    done

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, for `backup` and `restore` on PostgreSQL
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --create-home baraza
COPY --from=build /opt/baraza /opt/baraza
WORKDIR /baraza
COPY config.py pyproject.toml ./
COPY migrations migrations
COPY busy_times busy_times
COPY solver solver
COPY templates templates
COPY --from=build /baraza/app app
ENV PATH=/opt/baraza/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FLASK_APP=app \
    ENVIRONMENT=production \
    INSTANCE_PATH=/data \
    NUMBA_CACHE_DIR=/opt/compiled
RUN python -m solver.engine.kernels && chown -R baraza /opt/compiled
USER baraza
VOLUME /data
EXPOSE 8000
# SIGINT lets running jobs hand back what they have; gunicorn takes it as well.
STOPSIGNAL SIGINT
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "app:create_app()"]
COPY deploy/gunicorn.conf.py deploy/gunicorn.conf.py
