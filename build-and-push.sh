#!/usr/bin/env bash
# Builds the images of the services for several platforms and pushes them; ./build-and-push.sh --help tells how.
# Works with the bash 3.2 of macOS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

placeholder=registry.example.com/debug-shop
# The folders whose POM builds a Quarkus application.
all=($(grep -l '<artifactId>quarkus-maven-plugin</artifactId>' */pom.xml | sed 's,/.*,,'))

repository=${REPOSITORY:-$placeholder}
version=${VERSION:-$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml | head -n 1)}
platforms=${PLATFORMS:-linux/amd64,linux/arm64}
native=''
load=''
latest=yes
dry_run=''
services=()

usage() {
  cat <<EOF
Usage: ./build-and-push.sh [--native] [--load] [--no-latest] [--dry-run] [service...]
       ./build-and-push.sh --list

Builds the images of these services, or of all, and pushes them as REPOSITORY:<service>-VERSION and REPOSITORY:<service>-latest.

  --native    native executables, which take minutes each; the tags end with -native
  --load      for this platform only, into the local Docker, and push nothing
  --no-latest without the second of these tags; ./shop deploy uses it
  --dry-run   print the commands and do nothing
  --list      print the services, a line each, and do nothing

Environment:
  REPOSITORY  where to push; default $placeholder, which is nowhere
  VERSION     default: that of pom.xml, $version
  PLATFORMS   default linux/amd64,linux/arm64

Services: ${all[*]}
load-generator is the image of both load profiles.
EOF
}

die() {
  echo "build-and-push.sh: $*" >&2
  exit 2
}

known() {
  local each
  for each in "${all[@]}"; do
    [ "$each" != "$1" ] || return 0
  done
  return 1
}

while [ $# -gt 0 ]; do
  case $1 in
    --native) native=-native ;;
    --load) load=yes ;;
    --no-latest) latest='' ;;
    --dry-run) dry_run=yes ;;
    --list)
      printf '%s\n' "${all[@]}"
      exit 0
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) die "There is no option $1. Try --help" ;;
    *)
      known "$1" || die "There is no service '$1'. There are ${all[*]}"
      services+=("$1")
      ;;
  esac
  shift
done
[ ${#services[@]} -gt 0 ] || services=("${all[@]}")

case $version in
  '' | *[!A-Za-z0-9_.-]* | [.-]*) die "VERSION is part of a tag and must consist of letters, digits, '_', '.' and '-', but it is '$version'" ;;
esac

if [ -z "$dry_run" ]; then
  if [ -z "$load" ] && [ "$repository" = "$placeholder" ]; then
    die "REPOSITORY is not set, so there is nowhere to push to. Set it, or use --load"
  fi
  command -v docker >/dev/null || die "docker is missing: https://docs.docker.com/engine/install"
  docker buildx version >/dev/null 2>&1 || die "docker has no buildx: https://github.com/docker/buildx#installing"
  docker info >/dev/null 2>&1 || die "No Docker Engine answers. Is it running, and may you use it?"
fi

revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)

run() {
  if [ -n "$dry_run" ]; then
    printf '%q ' "$@"
    echo
  else
    "$@"
  fi
}

failed=()
for service in "${services[@]}"; do
  command=(docker buildx build --file "Dockerfile${native:+.native}"
    --build-arg "SERVICE=$service" --build-arg "VERSION=$version" --build-arg "REVISION=$revision"
    --tag "$repository:$service-$version$native")
  [ -z "$latest" ] || command+=(--tag "$repository:$service-latest$native")
  if [ -n "$load" ]; then
    command+=(--load)
  else
    command+=(--platform "$platforms" --push)
  fi
  [ -n "$dry_run" ] || echo "== $service" >&2
  run "${command[@]}" . || failed+=("$service")
done

if [ ${#failed[@]} -gt 0 ]; then
  echo "build-and-push.sh: Not built or not pushed: ${failed[*]}" >&2
  exit 1
fi
