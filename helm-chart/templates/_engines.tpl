{{- define "shop.postgres.container" -}}
env:
  - name: POSTGRES_USER
    value: shop
  - name: POSTGRES_DB
    value: orders
  - name: POSTGRES_PASSWORD
    valueFrom: {secretKeyRef: {name: {{ include "shop.secret" . }}, key: database-password}}
readinessProbe:
  exec: {command: [pg_isready, -h, 127.0.0.1, -U, shop, -d, inventory]}
  periodSeconds: 5
livenessProbe:
  tcpSocket: {port: postgres}
  initialDelaySeconds: 30
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
    "HEAP_OPTS" "-Xmx256m" }}
  - name: KAFKA_{{ $variable }}
    value: {{ $value | quote }}
  {{- end }}
readinessProbe:
  tcpSocket: {port: kafka}
  periodSeconds: 5
livenessProbe:
  tcpSocket: {port: kafka}
  initialDelaySeconds: 60
{{- end }}

{{- define "shop.redis.container" -}}
args: [redis-server, --save, "60", "1", --maxmemory, 64mb, --maxmemory-policy, volatile-ttl]
readinessProbe:
  exec: {command: [redis-cli, ping]}
  periodSeconds: 5
livenessProbe:
  tcpSocket: {port: redis}
  initialDelaySeconds: 10
{{- end }}
