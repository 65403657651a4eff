{{/*
PostgreSQL's own start script takes the password, and runs what is to be done once, only while it makes a new volume, and not again if it
is stopped in between. So before each start single-user mode sets the password and makes the databases that are missing. The data is at
the same place in the volume with each version: one that cannot read it refuses to start.
*/}}
{{- define "shop.postgres.container" -}}
command:
  - bash
  - -euc
  - |
    single() { postgres --single -D "$PGDATA" postgres <<< "$1"; }
    if [ -s "$PGDATA/PG_VERSION" ]; then
      single "alter role shop password '${POSTGRES_PASSWORD//\'/\'\'}'" >/dev/null
      for database in {{ include "shop.postgres.databases" . }}; do
        if [[ $(single "select 'found ' || datname from pg_database") != *"found $database\""* ]]; then
          single "create database $database" >/dev/null
        fi
      done
      grep -q '^host all all all' "$PGDATA/pg_hba.conf" || echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    fi
    exec docker-entrypoint.sh postgres
env:
  - name: PGDATA
    value: /var/lib/postgresql/18/docker
  - name: POSTGRES_USER
    value: shop
  - name: POSTGRES_DB
    value: orders
  - name: POSTGRES_PASSWORD
    valueFrom: {secretKeyRef: {name: {{ include "shop.secret" . }}, key: database-password}}
{{- /* pg_isready would not notice that the database does not exist. */}}
{{- $connect := list "sh" "-c" "PGPASSWORD=$POSTGRES_PASSWORD psql -w -h 127.0.0.1 -U shop -d payments -qtc 'select 1'" }}
startupProbe:
  exec: {command: {{ toJson $connect }}}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 120
readinessProbe:
  exec: {command: {{ toJson $connect }}}
  periodSeconds: 5
  timeoutSeconds: 5
livenessProbe:
  tcpSocket: {port: postgres}
  failureThreshold: 6
{{- end }}

{{- define "shop.postgres.databases" -}}
{{- $databases := list "orders" "inventory" "payments" -}}
{{- range $service := include "shop.services" . | fromJson -}}
  {{- with $service.database -}}
    {{- $databases = append $databases . -}}
  {{- end -}}
{{- end -}}
{{- $databases | uniq | sortAlpha | join " " -}}
{{- end }}

{{- define "shop.kafka.container" -}}
env:
  {{- range $variable, $value := dict
    "NODE_ID" "1"
    "PROCESS_ROLES" "broker,controller"
    "LISTENERS" "BROKER://:9092,CONTROLLER://127.0.0.1:9093"
    "ADVERTISED_LISTENERS" (printf "BROKER://%s:9092" (include "shop.name" (dict "root" . "name" "kafka")))
    "CONTROLLER_LISTENER_NAMES" "CONTROLLER"
    "INTER_BROKER_LISTENER_NAME" "BROKER"
    "LISTENER_SECURITY_PROTOCOL_MAP" "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"
    "CONTROLLER_QUORUM_VOTERS" "1@127.0.0.1:9093"
    "OFFSETS_TOPIC_REPLICATION_FACTOR" "1"
    "TRANSACTION_STATE_LOG_REPLICATION_FACTOR" "1"
    "TRANSACTION_STATE_LOG_MIN_ISR" "1"
    "GROUP_INITIAL_REBALANCE_DELAY_MS" "0"
    "LOG_DIRS" "/var/lib/kafka/data/logs"
    "LOG_RETENTION_BYTES" "67108864"
    "LOG_SEGMENT_BYTES" "16777216"
    "HEAP_OPTS" "-Xmx256m" }}
  - name: KAFKA_{{ $variable }}
    value: {{ $value | quote }}
  {{- end }}
  # Without -loggc, which Kafka's start script adds: that log grows to ten files of 100 MB.
  - name: EXTRA_ARGS
    value: -name kafkaServer
startupProbe:
  tcpSocket: {port: kafka}
  periodSeconds: 5
  failureThreshold: 120
readinessProbe:
  tcpSocket: {port: kafka}
  periodSeconds: 5
livenessProbe:
  tcpSocket: {port: kafka}
  failureThreshold: 6
{{- end }}

{{- define "shop.redis.container" -}}
args: [redis-server, --save, "60", "1", --maxmemory, 64mb, --maxmemory-policy, volatile-ttl]
{{- /* While redis-server loads its file, it accepts connections and answers -LOADING. */}}
startupProbe:
  exec: {command: [sh, -c, "redis-cli ping | grep -q PONG"]}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 150
readinessProbe:
  exec: {command: [sh, -c, "redis-cli ping | grep -q PONG"]}
  periodSeconds: 5
  timeoutSeconds: 5
livenessProbe:
  tcpSocket: {port: redis}
  failureThreshold: 6
{{- end }}
