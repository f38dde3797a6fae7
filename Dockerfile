# One image for web, worker and beat, and a second stage for the sandbox. Not built where it was written: there was no
# Docker. tests/house/test_compose.py checks what can be checked by reading.

FROM python:3.12-slim AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/srv/venv/bin:$PATH
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin tributary
WORKDIR /srv/tributary

FROM base AS packages
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /srv/venv \
    && pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/run.txt

FROM packages AS sandbox-packages
COPY requirements/demo.txt requirements/demo.txt
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/demo.txt

# The stand-in for 1upHealth: never part of the product's image.
FROM base AS sandbox
COPY --from=sandbox-packages /srv/venv /srv/venv
COPY sandbox sandbox
USER tributary
EXPOSE 8001
CMD ["python", "-m", "sandbox", "8001"]

FROM base AS portal
COPY --from=packages /srv/venv /srv/venv
COPY manage.py manage.py
COPY ground ground
COPY records records
COPY connect connect
COPY portal portal
COPY templates templates
COPY static static
COPY locale locale
ENV STATIC_ROOT=/srv/static
# Under made-up settings: the files are the same whatever the secrets are.
RUN python -m portal.local checking python manage.py collectstatic --noinput
USER tributary
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "1", "--no-ws", "portal.wsgi:application"]
