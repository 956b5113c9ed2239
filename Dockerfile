# Packages are installed in a first image, so that pip and its cache stay out of the one that runs.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /requirements.txt

FROM python:3.11-slim-bookworm
# ffmpeg is left out on purpose: without it video is off and the site says so.
RUN useradd --uid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin hearth \
    && mkdir /data && chown hearth:hearth /data && chmod 700 /data
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    HEARTH_NO_BOOTSTRAP=1 \
    HEARTH_DATA=/data \
    GRANIAN_INTERFACE=wsgi \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=2 \
    GRANIAN_RESPAWN_FAILED_WORKERS=true \
    GRANIAN_WEBSOCKETS=false
COPY --from=packages /venv /venv
WORKDIR /app
COPY . /app
RUN python -m compileall -q config communities memberships content
USER hearth
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "config.wsgi:application"]
