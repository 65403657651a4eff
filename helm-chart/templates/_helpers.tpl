{{/* Names begin with the release's, so that two releases may share a namespace. */}}
{{- define "shop.name" -}}
{{- printf "%s-%s" (.root.Release.Name | trunc 36 | trimSuffix "-") .name -}}
{{- end }}

{{- define "shop.selector" -}}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/name: {{ .name }}
{{- end }}

{{- define "shop.labels" -}}
{{ include "shop.selector" . }}
app.kubernetes.io/part-of: {{ .root.Chart.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* The services that are enabled, as JSON, each with the defaults for what it does not say; what does not fit together is refused. */}}
{{- define "shop.services" -}}
{{- $services := dict -}}
{{- range $name, $own := .Values.services -}}
  {{- $service := mustMergeOverwrite (deepCopy $.Values.defaults) $own -}}
  {{- if $service.enabled -}}
    {{- $_ := set $services $name $service -}}
  {{- end -}}
{{- end -}}
{{- range $name, $service := $services -}}
  {{- range $variable, $called := $service.calls -}}
    {{- if not (hasKey $services (splitList "/" $called | first)) -}}
      {{- fail (printf "services.%s calls %s (%s), which is not enabled" $name $called $variable) -}}
    {{- end -}}
  {{- end -}}
  {{- if and (eq $name "inventory") (not (include "shop.postgres.host" $)) -}}
    {{- fail "services.inventory needs PostgreSQL: enable engines.postgres or set engines.postgres.external.host" -}}
  {{- end -}}
  {{- if and $service.redis (not (include "shop.redis.url" $)) (or (gt (int $service.replicas) 1) $service.autoscaling.enabled) -}}
    {{- fail (printf "services.%s keeps its sessions in memory without Redis, so there can be one only: enable engines.redis or set engines.redis.external.url" $name) -}}
  {{- end -}}
  {{- if and $service.otlpPort (or (gt (int $service.replicas) 1) $service.autoscaling.enabled) -}}
    {{- fail (printf "services.%s keeps the telemetry in memory, so there can be one only" $name) -}}
  {{- end -}}
{{- end -}}
{{- if and (ne .Values.telemetry.to "otlp") (not (hasKey $services "console")) -}}
  {{- if not (and (eq .Values.telemetry.to "collector") .Values.telemetry.collector.endpoint) -}}
    {{- fail "telemetry.to leads to the console, which is not enabled" -}}
  {{- end -}}
{{- end -}}
{{- if and (eq .Values.telemetry.to "otlp") (not .Values.telemetry.otlp.endpoint) -}}
  {{- fail "telemetry.to is otlp, so telemetry.otlp.endpoint must be set" -}}
{{- end -}}
{{- $services | toJson -}}
{{- end }}

{{- define "shop.url" -}}
{{- $path := splitn "/" 2 .to -}}
{{- $service := index .services $path._0 -}}
http://{{ include "shop.name" (dict "root" .root "name" $path._0) }}:{{ $service.port }}{{ with $path._1 }}/{{ . }}{{ end }}
{{- end }}

{{- define "shop.image" -}}
{{- $repository := .service.image.repository | default .root.Values.global.repository -}}
{{- $tag := .service.image.tag | default .root.Values.global.tag -}}
{{- if .service.image.repository -}}{{ $repository }}:{{ $tag }}{{- else -}}{{ $repository }}:{{ .service.imageOf | default .name }}-{{ $tag }}{{- end -}}
{{- end }}

{{- define "shop.secret" -}}
{{- .Values.secrets.existing | default (include "shop.name" (dict "root" . "name" "secrets")) -}}
{{- end }}

{{/* Where the engines are; blank where there is none. */}}
{{- define "shop.postgres.host" -}}
{{- if .Values.engines.postgres.enabled -}}{{ include "shop.name" (dict "root" . "name" "postgres") }}{{- else -}}{{ .Values.engines.postgres.external.host }}{{- end -}}
{{- end }}

{{- define "shop.postgres.port" -}}
{{- if .Values.engines.postgres.enabled -}}5432{{- else -}}{{ int .Values.engines.postgres.external.port }}{{- end -}}
{{- end }}

{{- define "shop.kafka.servers" -}}
{{- if .Values.engines.kafka.enabled -}}{{ include "shop.name" (dict "root" . "name" "kafka") }}:9092{{- else -}}{{ .Values.engines.kafka.external.bootstrapServers }}{{- end -}}
{{- end }}

{{- define "shop.redis.url" -}}
{{- if .Values.engines.redis.enabled -}}redis://{{ include "shop.name" (dict "root" . "name" "redis") }}:6379{{- else -}}{{ .Values.engines.redis.external.url }}{{- end -}}
{{- end }}

{{/* Whom services send OTLP to: a component of this release, or "" with telemetry.to: otlp. */}}
{{- define "shop.receiver" -}}
{{- if ne .Values.telemetry.to "otlp" -}}{{ .Values.telemetry.to }}{{- end -}}
{{- end }}

{{- define "shop.otlp" -}}
{{- with include "shop.receiver" . -}}http://{{ include "shop.name" (dict "root" $ "name" .) }}:4318{{- else -}}{{ .Values.telemetry.otlp.endpoint }}{{- end -}}
{{- end }}

{{- define "shop.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "shop.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
