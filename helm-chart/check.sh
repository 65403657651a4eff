#!/usr/bin/env bash
# Asks the API server that kubectl points to whether it would take the chart: with each combination of values in ci/ and env/, with strict
# validation, without a warning, in a namespace that enforces the Pod Security Standard "restricted". It makes this namespace and removes
# it; everything else is a dry run, so kind or minikube will do. Needs helm and kubectl.
#   ./check.sh          ./check.sh ci/openshift-values.yaml my-values.yaml
set -euo pipefail
shopt -s nullglob

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ $# -eq 0 ]; then
  set -- "$here"/ci/*-values.yaml "$here"/env/*.yaml
fi
for program in helm kubectl; do
  if ! command -v "$program" >/dev/null; then
    echo "check.sh: There is no $program." >&2
    exit 2
  fi
done
if ! served=$(kubectl api-versions); then
  echo "check.sh: No API server answers. Which cluster does kubectl point to?" >&2
  exit 2
fi

namespace=debug-shop-check-$$
work=$(mktemp -d)
finish() {
  rm -rf "$work"
  kubectl delete namespace "$namespace" --ignore-not-found --wait=false >/dev/null
}
trap finish EXIT
kubectl create namespace "$namespace" >/dev/null
# Pods are refused until there is this account; usually a controller makes it.
kubectl create serviceaccount default --namespace "$namespace" >/dev/null 2>&1 || true
kubectl label namespace "$namespace" pod-security.kubernetes.io/{enforce,warn}=restricted >/dev/null

# Passes on the objects whose kinds this API server has: those of Prometheus's operator and of the Gateway API are added by people.
known() {
  local group skip=none
  for group in monitoring.coreos.com gateway.networking.k8s.io; do
    grep -q "^$group/" <<< "$served" || skip+="|$group"
  done
  awk -v skip="^apiVersion: ($skip)/" '
    function flush() { if (object != "" && !left_out) printf "---\n%s", object; object = ""; left_out = 0 }
    /^---/ { flush(); next }
    $0 ~ skip { left_out = 1 }
    { object = object $0 "\n" }
    END { flush() }'
}

failed=0
for values in "$@"; do
  name=$(basename "$values")
  # Secrets are made anew each time, unless they are given; given ones make the rendering repeatable.
  render=(helm template shop "$here" --namespace "$namespace" --values "$values")
  if ! grep -q '^secrets:' "$values"; then
    render+=(--set secrets.apiToken=a,secrets.adminPassword=b,secrets.databasePassword=c)
  fi
  if ! "${render[@]}" > "$work/first" || ! "${render[@]}" > "$work/second"; then
    echo "FAILED   $name: the chart refuses these values"
    failed=1
  elif ! cmp -s "$work/first" "$work/second"; then
    echo "FAILED   $name: rendered twice, it differs"
    failed=1
  elif ! known < "$work/first" | kubectl apply --server-side --dry-run=server --validate=strict --warnings-as-errors \
    --namespace "$namespace" --filename - > "$work/applied"; then
    echo "FAILED   $name: the API server refuses an object, or warns of it"
    failed=1
  else
    echo "ok       $name: $(wc -l < "$work/applied") objects"
  fi
done
exit "$failed"
