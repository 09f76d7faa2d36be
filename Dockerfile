# One image for web, workers and set-up; the command chooses. docs/operate.md says how it is run.
#
#   docker build -t darkroom:local .
#   docker build -t darkroom:local --build-arg VARIANT=cuda .      for NVIDIA GPUs

ARG PYTHON=3.11.14-slim-bookworm

FROM python:${PYTHON} AS build
ARG VARIANT=cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
ENV PATH=/opt/darkroom/bin:$PATH
WORKDIR /app
RUN python -m venv /opt/darkroom
# Before the code, so that a changed line of it installs nothing anew.
COPY requirements/ requirements/
RUN pip install -r requirements/base.txt -r requirements/tracing.txt -c requirements/constraints.txt
# Both libraries have one folder: the one for GPUs takes the other's place.
RUN if [ "$VARIANT" = cuda ]; then \
        pip uninstall -y onnxruntime && pip install -r requirements/cuda.txt -r requirements/torch.txt -c requirements/constraints.txt; \
    fi
COPY . .
RUN pip install --no-deps -e . \
    && python -m inference.weights \
    && python -m compileall -q -j 0 /opt/darkroom/lib /app
ENV DATA_DIR=/var/lib/darkroom
# The keys that a first start makes are no part of an image.
RUN SECRET_KEY=build JWT_SIGNING_KEY=build python manage.py setup --static-only

FROM python:${PYTHON}
ENV PATH=/opt/darkroom/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV DATA_DIR=/var/lib/darkroom MEDIA_ROOT=/srv/darkroom MODEL_REPOSITORY=/srv/models
# Where the libraries for GPUs lie in the variant that has them.
ENV LD_LIBRARY_PATH=/opt/darkroom/lib/python3.11/site-packages/nvidia/cu13/lib:/opt/darkroom/lib/python3.11/site-packages/nvidia/cudnn/lib
ENV HOST=0.0.0.0 GRPC_HOST=0.0.0.0 OIP_HTTP_HOST=0.0.0.0 METRICS_HOST=0.0.0.0 LOG_FORMAT=json
RUN groupadd --gid 10001 darkroom \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin darkroom \
    && install -d -o darkroom -g darkroom -m 700 /var/lib/darkroom /srv/darkroom \
    && install -d -m 755 /srv/models
COPY --from=build /opt/darkroom /opt/darkroom
COPY --from=build /app /app
COPY --from=build --chown=10001:10001 /var/lib/darkroom /var/lib/darkroom
WORKDIR /app
USER 10001:10001
# The web; workers: gRPC, metrics, REST of the Open Inference Protocol.
EXPOSE 8000 8001 8101 8201
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["python", "-m", "project.up.healthy", "web"]
ENTRYPOINT ["python", "manage.py"]
CMD ["web"]
