{{/* Refuses values that do not fit together, with a sentence, before anything is created. */}}
{{- define "shop.check" -}}
{{- $root := .root -}}
{{- $services := .services -}}
{{- $values := .root.Values -}}
{{- range $name, $service := $services -}}
  {{- $many := or (gt (int $service.replicas) 1) $service.autoscaling.enabled -}}
  {{- range $variable, $called := $service.calls -}}
    {{- if not (hasKey $services (splitList "/" $called | first)) -}}
      {{- fail (printf "services.%s calls %s (%s), which is not enabled" $name $called $variable) -}}
    {{- end -}}
  {{- end -}}
  {{- range $variable, $key := dict (include "shop.portVariable" $service) "port" "OTLP_PORT" "otlpPort" "OTLP_GRPC_PORT" "otlpGrpcPort" -}}
    {{- if and (hasKey $service.env $variable) (hasKey $service $key) -}}
      {{- fail (printf "services.%s.env.%s is the port of its Service too: set services.%s.%s instead" $name $variable $name $key) -}}
    {{- end -}}
  {{- end -}}
  {{- if and (eq $name "inventory") (not (include "shop.postgres.host" $root)) -}}
    {{- fail "services.inventory needs PostgreSQL: enable engines.postgres or set engines.postgres.external.host" -}}
  {{- end -}}
  {{- if and $service.redis (not (include "shop.redis.url" $root)) $many -}}
    {{- fail (printf "services.%s keeps its sessions in memory without Redis, so there can be one only: enable engines.redis or set engines.redis.external.url" $name) -}}
  {{- end -}}
  {{- if and $service.otlpPort $many -}}
    {{- fail (printf "services.%s keeps the telemetry in memory, so there can be one only" $name) -}}
  {{- end -}}
{{- end -}}
{{- if and (ne $values.telemetry.to "otlp") (not (hasKey $services "console")) -}}
  {{- if not (and (eq $values.telemetry.to "collector") $values.telemetry.collector.endpoint) -}}
    {{- fail "telemetry.to leads to the console, which is not enabled" -}}
  {{- end -}}
{{- end -}}
{{- if and (eq $values.telemetry.to "otlp") (not $values.telemetry.otlp.endpoint) -}}
  {{- fail "telemetry.to is otlp, so telemetry.otlp.endpoint must be set" -}}
{{- end -}}
{{- end }}
