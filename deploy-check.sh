#!/usr/bin/env bash
# Builds all images, runs the system with Compose, tests it through its ports (the failure included), prints its memory, and stops it.
# It needs a Docker Engine, docker-compose 1.29 or Compose v2, the ports of the README, 8 GB, and about 15 minutes.
#   ./deploy-check.sh
#   KEEP=1 ./deploy-check.sh      leaves the system running
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! docker info >/dev/null 2>&1; then
  echo "deploy-check.sh: No Docker Engine answers. Is it running, and may you use it?" >&2
  exit 2
fi
if docker compose version >/dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose >/dev/null; then
  compose=(docker-compose)
else
  echo "deploy-check.sh: There is neither Compose v2 (docker compose) nor docker-compose." >&2
  exit 2
fi
compose+=(--project-name debug-shop-check)

# More load than by default, because the tests wait for a number of requests.
export USERS=1 DELAY_BETWEEN_USERS=0.2 DELAY_BETWEEN_REQUESTS=0.1

stop() {
  if [ -z "${KEEP:-}" ]; then
    "${compose[@]}" down --volumes --remove-orphans
  fi
}
trap stop EXIT

count=$("${compose[@]}" config --services | wc -l)

"${compose[@]}" build
"${compose[@]}" up -d

deadline=$((SECONDS + 180))
until [ "$(docker ps --filter label=com.docker.compose.project=debug-shop-check --filter health=healthy --quiet | wc -l)" -ge "$count" ]; do
  if [ "$SECONDS" -gt "$deadline" ]; then
    echo "deploy-check.sh: Not everything became healthy:" >&2
    docker ps --all --filter label=com.docker.compose.project=debug-shop-check --format '{{.Names}}: {{.Status}}' >&2
    exit 1
  fi
  sleep 1
done
echo "All $count containers are healthy after $SECONDS s"

./shop test --against http://localhost:8080

echo
echo "MEMORY of each container, and of its limit"
docker ps --filter label=com.docker.compose.project=debug-shop-check --quiet |
  xargs docker stats --no-stream --format 'table {{.Name}}\t{{.MemUsage}}'
echo
echo "SIZE of each image"
docker images --format 'table {{.Tag}}\t{{.Size}}' "${REPOSITORY:-registry.example.com/debug-shop}"
