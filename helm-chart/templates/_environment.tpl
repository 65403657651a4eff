{{/* The environment of a service: what follows from the system, then what people set, which wins. */}}
{{- define "shop.environment" -}}
{{- $root := .root }}
{{- $services := .services }}
{{- $environment := dict (.service.portVariable | default "PORT") (.service.port | toString) "DEPLOYMENT_ENVIRONMENT" .root.Values.telemetry.environment }}
{{- if .service.otlpPort }}
{{- $_ := set $environment "OTLP_PORT" (.service.otlpPort | toString) }}
{{- with .service.otlpGrpcPort }}
{{- $_ := set $environment "OTLP_GRPC_PORT" (. | toString) }}
{{- end }}
{{- else }}
{{- $_ := set $environment "OTEL_EXPORTER_OTLP_ENDPOINT" (include "shop.otlp" .root) }}
{{- end }}
{{- range $variable, $to := .service.calls }}
{{- $_ := set $environment $variable (include "shop.url" (dict "root" $root "services" $services "to" $to)) }}
{{- end }}
{{- range $variable, $to := .service.mayCall }}
{{- if hasKey $services $to }}
{{- $_ := set $environment $variable (include "shop.url" (dict "root" $root "services" $services "to" $to)) }}
{{- else }}
{{- $_ := set $environment $variable "" }}
{{- end }}
{{- end }}
{{- /* Each gateway sells its share of what was last available while the inventory service is away; all of them together half of it. */}}
{{- $replicas := .service.autoscaling.enabled | ternary .service.autoscaling.maxReplicas .service.replicas | int }}
{{- if and (hasKey (.service.mayCall | default dict) "INVENTORY_SERVICE") (gt $replicas 1) }}
{{- $_ := set $environment "UNRESERVED_SHARE" (divf 0.5 $replicas | printf "%.4f") }}
{{- end }}
{{- if .service.scrapesAll }}
{{- $targets := list }}
{{- range $name, $_ := $services }}
{{- $targets = append $targets (printf "%s=%s" $name (include "shop.url" (dict "root" $root "services" $services "to" $name))) }}
{{- end }}
{{- $_ := set $environment "SCRAPE_TARGETS" (join "," $targets) }}
{{- end }}
{{- $host := include "shop.postgres.host" .root }}
{{- if and .service.database $host }}
{{- $_ := set $environment "DATABASE_URL" (printf "postgresql://%s:%s/%s" $host (include "shop.postgres.port" .root) .service.database) }}
{{- $_ := set $environment "DATABASE_USER" (.root.Values.engines.postgres.enabled | ternary "shop" .root.Values.engines.postgres.external.user) }}
{{- end }}
{{- if .service.kafka }}
{{- $_ := set $environment "KAFKA_BOOTSTRAP_SERVERS" (include "shop.kafka.servers" .root) }}
{{- end }}
{{- if .service.redis }}
{{- $_ := set $environment "REDIS_URL" (include "shop.redis.url" .root) }}
{{- end }}
{{- range $variable, $value := .service.env }}
{{- $_ := set $environment $variable ($value | toString) }}
{{- end }}
{{- range $variable, $value := $environment }}
- name: {{ $variable }}
  value: {{ $value | quote }}
{{- end }}
{{- if and .service.database $host }}
- name: DATABASE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "shop.secret" .root }}, key: database-password}}
{{- end }}
{{- range $variable, $key := .service.secrets }}
- name: {{ $variable }}
  valueFrom: {secretKeyRef: {name: {{ include "shop.secret" $root }}, key: {{ $key }}}}
{{- end }}
{{- if and (not .service.otlpPort) (eq .root.Values.telemetry.to "otlp") .root.Values.telemetry.otlp.headersSecret }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom: {secretKeyRef: {name: {{ .root.Values.telemetry.otlp.headersSecret }}, key: headers}}
{{- end }}
{{- end }}
