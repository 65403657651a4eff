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
  {{- $service := include "shop.component" (dict "root" $ "own" $own) | fromJson -}}
  {{- if $service.enabled -}}
    {{- $_ := set $services $name $service -}}
  {{- end -}}
{{- end -}}
{{- include "shop.check" (dict "root" . "services" $services) -}}
{{- $services | toJson -}}
{{- end }}

{{/* The values of a service, an engine or another pod as JSON: its own over the defaults. Null drops a default. */}}
{{- define "shop.component" -}}
{{- $defaults := deepCopy .root.Values.defaults -}}
{{- $env := dict -}}
{{- range $variable, $value := merge (dict) (.own.env | default dict) ($defaults.env | default dict) -}}
  {{- $_ := set $env $variable (or (kindIs "map" $value) (kindIs "invalid" $value) | ternary $value (include "shop.text" $value)) -}}
{{- end -}}
{{- $component := mustMergeOverwrite $defaults (deepCopy .own) -}}
{{- include "shop.dropNulls" $component -}}
{{- toJson (set $component "env" $env) -}}
{{- end }}

{{- define "shop.dropNulls" -}}
{{- range $key, $value := . -}}
  {{- if kindIs "map" $value -}}
    {{- include "shop.dropNulls" $value -}}
  {{- else if kindIs "invalid" $value -}}
    {{- $_ := unset $ $key -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* Annotations of a pod: the chart's own, then what people set, which wins. */}}
{{- define "shop.annotations" -}}
{{- merge (dict) (.component.podAnnotations | default dict) .own | toYaml -}}
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

{{/* The component of this release that receives the services' OTLP; "" with telemetry.to: otlp. */}}
{{- define "shop.receiver" -}}
{{- if ne .Values.telemetry.to "otlp" -}}{{ .Values.telemetry.to }}{{- end -}}
{{- end }}

{{- define "shop.otlp" -}}
{{- $receiver := include "shop.receiver" .root -}}
{{- if $receiver -}}
http://{{ include "shop.name" (dict "root" .root "name" $receiver) }}:{{ eq $receiver "collector" | ternary 4318 (index .services "console" | default dict).otlpPort }}
{{- else -}}
{{ .root.Values.telemetry.otlp.endpoint }}
{{- end -}}
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
