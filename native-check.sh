#!/usr/bin/env bash
# Builds every service as a native executable and tries each: it starts, is alive, has metrics and stops. Takes some minutes a service;
# for a nightly run. With native-image (GRAALVM_HOME or the PATH), or else in a container: ./native-check.sh [service...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

services=("$@")
[ ${#services[@]} -gt 0 ] || services=($(./build-and-push.sh --list))

arguments=(-Dnative -Dmaven.test.skip)
if [ -n "${GRAALVM_HOME:-}" ] && [ -x "$GRAALVM_HOME/bin/native-image" ] || command -v native-image >/dev/null; then
  echo "With native-image of this machine"
elif command -v docker >/dev/null && docker info >/dev/null 2>&1 || command -v podman >/dev/null; then
  echo "In a container, with the builder image of Quarkus"
  arguments+=(-Dquarkus.native.container-build=true)
else
  echo "native-check.sh: There is neither native-image (GRAALVM_HOME, PATH) nor a container engine (docker, podman) here." >&2
  exit 2
fi

./mvnw -B -ntp package "${arguments[@]}" -pl "$(IFS=,; echo "${services[*]}")" -am

log=$(mktemp)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -f "$log"' EXIT

port=18900
for service in "${services[@]}"; do
  port=$((port + 1))
  executables=("$service"/target/*-runner)
  PORT=$port METRICS_PORT=$port OTLP_PORT=$((port + 1000)) OTLP_GRPC_PORT=$((port + 2000)) OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9 \
    "${executables[0]}" >"$log" 2>&1 &
  pid=$!
  for _ in $(seq 100); do
    if curl -fs "http://127.0.0.1:$port/health/live" >/dev/null 2>&1; then
      break
    fi
    sleep 0.1
  done
  if ! curl -fs "http://127.0.0.1:$port/health/live" >/dev/null || ! curl -fs "http://127.0.0.1:$port/metrics" | grep -q '^process_uptime_seconds'; then
    echo "native-check.sh: $service does not work:" >&2
    cat "$log" >&2
    exit 1
  fi
  kill "$pid"
  wait "$pid" || true
  pid=
  echo "$service: alive, has metrics, stops"
done
