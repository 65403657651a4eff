#!/usr/bin/env bash
# Builds every service as a native executable and tests it: it starts, answers as on the JVM, and stops. This takes minutes per service.
# It builds with native-image (GRAALVM_HOME or the PATH), or else in a container.
#   ./native-check.sh [--built] [service...]
#   --built    tests existing executables and builds none
# PostgreSQL, Kafka and the two services that checkout calls are started with ./shop up.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

build=yes
if [ "${1:-}" = --built ]; then
  build=
  shift
fi
services=("$@")
[ ${#services[@]} -gt 0 ] || services=($(./build-and-push.sh --list))

if [ -n "$build" ]; then
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
fi

offset=10800
directory=$(mktemp -d)
log=$directory/log
answer=$directory/answer
service=
port=18900
pid=

leave() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  ./shop down --port-offset $offset >/dev/null 2>&1 || true
  ./shop reset --yes --port-offset $offset >/dev/null 2>&1 || true
  rm -rf "$directory"
}
trap leave EXIT

fail() {
  echo "native-check.sh: $service: $*" >&2
  cat "$log" >&2
  exit 1
}

# get PATH STATUS TEXT [arguments of curl...]: the answer has this status, and its body contains this text
get() {
  local path=$1 status=$2 text=$3 seen
  shift 3
  seen=$(curl -s -o "$answer" -w '%{http_code}' "$@" "http://127.0.0.1:$port$path") || fail "$path does not answer"
  [ "$seen" = "$status" ] || fail "$path answers $seen and not $status: $(cat "$answer")"
  grep -F -- "$text" "$answer" >/dev/null || fail "There is no $text in the answer of $path: $(cat "$answer")"
}

# soon PATH: it answers with success within ten seconds
soon() {
  for _ in $(seq 100); do
    curl -fs -o /dev/null "http://127.0.0.1:$port$1" && return
    sleep 0.1
  done
  fail "$1 does not succeed"
}

json=(-H 'Content-Type: application/json')

# A function for each service that needs more than a request: it tests what a native executable could lack.
check_console() {
  local otlp=http://127.0.0.1:$((port + 1000))/v1/traces now
  now=$(date +%s)
  curl -fs "${json[@]}" "$otlp" -o /dev/null -d '{"resourceSpans":[
    {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"one"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",
      "spanId":"eee19b7ec3c1b174","kind":3,"name":"GET","startTimeUnixNano":"'"$now"'000000000","endTimeUnixNano":"'"$now"'100000000"}]}]},
    {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"two"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",
      "spanId":"eee19b7ec3c1b175","parentSpanId":"eee19b7ec3c1b174","kind":2,"name":"GET /","startTimeUnixNano":"'"$now"'000000000",
      "endTimeUnixNano":"'"$now"'050000000"}]}]}]}' || fail "It does not take a trace"
  # {} as one raw block of zstd (RFC 8878)
  printf '\x28\xb5\x2f\xfd\x20\x02\x11\x00\x00{}' |
    curl -fs "${json[@]}" -H 'Content-Encoding: zstd' --data-binary @- -o /dev/null "$otlp" || fail "It does not take zstd"
  get /api/graph 200 '"two"'
  get /api/overview 200 '"services"'
  get /traces 200 '<html'
  get /api/failures 200 'instabook-token'
}

check_checkout() {
  local order
  soon /health/ready
  get /process 200 '"status":"PROCESSED"' "${json[@]}" -d '{"user_id":"user-1","user_currency":"EUR","email":"a@example.com","address":{},
    "items":[{"product_id":1,"quantity":2}]}'
  order=$(sed 's/.*"order_id":"\([^"]*\)".*/\1/' "$answer")
  get "/order/$order" 200 '"product'
  soon "/order/$order/receipt"
}

check_inventory() {
  soon /health/ready
  get /inventory/1 200 '"available"'
  get /inventory/reserve 200 '"reservation_id"' "${json[@]}" -d '{"product_id":"1","quantity":1}'
}

check_accounts() {
  local token
  soon /health/ready
  get /users 201 '"created_at"' "${json[@]}" -d '{"username":"user-1","password":"correct horse","email":"a@example.com"}'
  get /login 200 '"token_type":"Bearer"' "${json[@]}" -d '{"username":"user-1","password":"correct horse"}'
  token=$(sed 's/.*"token":"\([^"]*\)".*/\1/' "$answer")
  get /users/me 200 '"email"' -H "Authorization: Bearer $token"
  get /users/me 401 '{"error":"' -H "Authorization: Bearer ${token}x"
  get /.well-known/jwks.json 200 '"kid"'
}

# There is no checkout that runs, so no order either.
check_payments() {
  soon /health/ready
  get /payments/00000000-0000-0000-0000-000000000000 404 'Payment not found' -H 'X-User-Id: user-1'
  get /payments 502 'checkout is unreachable' -H 'X-User-Id: user-1' "${json[@]}" -d '{"order_id":"00000000-0000-0000-0000-000000000000","amount":1.5}'
}

check_gateway() {
  get '/products?currency=EUR' 200 '"currency":"EUR"'
  get / 200 '<html' -H 'Accept: text/html'
}

check_instabook_cache() {
  get /admin 200 '<html'
  get /admin/token 200 '"enabled":false' "${json[@]}" -d '{"enabled":false}'
  get /admin/token/changes 200 '"changed_by":"api"'
}

check_product_catalog() {
  get /products 200 '"price"'
  get /images/products/1.svg 200 '<svg'
}

check_currency() {
  get '/convert?from=USD&to=EUR&amount=10' 200 '"converted"'
}

./shop up -d --only postgres,kafka,product-catalog,currency --port-offset $offset

export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9
export CHECKOUT_SERVICE=http://127.0.0.1:9
export PRODUCT_CATALOG_SERVICE=http://127.0.0.1:$((8081 + offset)) CURRENCY_SERVICE=http://127.0.0.1:$((8082 + offset))
export DATABASE_USER=shop KAFKA_BOOTSTRAP_SERVERS=localhost:$((9092 + offset))
DATABASE_PASSWORD=$(cat ".shop/$offset/postgres/password")
export DATABASE_PASSWORD

for service in "${services[@]}"; do
  port=$((port + 1))
  database=orders
  case $service in inventory | accounts | payments) database=$service ;; esac
  PORT=$port METRICS_PORT=$port OTLP_PORT=$((port + 1000)) OTLP_GRPC_PORT=$((port + 2000)) \
    DATABASE_URL=postgresql://localhost:$((5432 + offset))/$database \
    "$service/target/quarkus-runner" >"$log" 2>&1 &
  pid=$!
  soon /health/live
  get /metrics 200 process_uptime_seconds
  get /no/such/path 404 '{"error":"'
  check=check_${service//-/_}
  if declare -F "$check" >/dev/null; then
    "$check"
  fi
  kill "$pid"
  wait "$pid" || true
  pid=
  echo "$service: answers as on the JVM, and stops"
done
