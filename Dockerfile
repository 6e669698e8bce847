# Production image: web, worker and beat are this image with different commands; see docker-compose.yml.
FROM python:3.12-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH

COPY requirements.lock /build/
RUN pip install --require-hashes -r /build/requirements.lock

COPY . /app
WORKDIR /app
# Static files are part of the image. Production settings demand all of these; none of them is kept.
RUN DATABASE_URL=postgresql://build@localhost/build REDIS_URL=redis://localhost HARK_ALLOWED_HOSTS=localhost \
    HARK_SECRET_KEY=only-while-the-image-is-built python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q /app


FROM python:3.12-slim-bookworm

ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings HARK_VAR=/data HARK_FILES=/data/files

RUN groupadd --system --gid 10001 hark \
 && useradd --system --uid 10001 --gid hark --home-dir /data --shell /usr/sbin/nologin hark \
 && install --directory --owner hark --group hark --mode 0700 /data

COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app

WORKDIR /app
USER hark
VOLUME /data
EXPOSE 8000

# Temporary files of large uploads go to /data, which is a volume, not to the container's own layer.
ENV TMPDIR=/data
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", \
     "--timeout", "120", "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
