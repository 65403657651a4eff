{{/* Names begin with the release's, so that two releases may share a namespace. */}}
{{- define "shop.name" -}}
{{- printf "%s-%s" (include "shop.release" .root) .name -}}
{{- end }}

{{- define "shop.release" -}}
{{- .Release.Name | trunc 36 | regexFind "^.*[^-]" -}}
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

{{/*
The services that are enabled, as JSON, each with the defaults for what it does not say; what does not fit together is refused. They are
computed once, and kept beside the values. A canary is one of them: its service, with what differs, and with that one's name as canaryOf.
*/}}
{{- define "shop.services" -}}
{{- if not (hasKey .Values "_services") -}}
  {{- $services := dict -}}
  {{- range $name, $own := .Values.services -}}
    {{- $service := include "shop.component" (dict "root" $ "own" $own) | fromJson -}}
    {{- if $service.enabled -}}
      {{- $_ := set $services $name $service -}}
    {{- end -}}
  {{- end -}}
  {{- include "shop.check" (dict "root" . "services" $services) -}}
  {{- $canaries := dict -}}
  {{- range $name, $service := $services -}}
    {{- if $service.canary.enabled -}}
      {{- $_ := set $canaries (printf "%s-canary" $name) (include "shop.canary" (dict "name" $name "service" $service) | fromJson) -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set .Values "_services" (merge $services $canaries | toJson) -}}
{{- end -}}
{{- .Values._services -}}
{{- end }}

{{/*
The canary of a service as JSON. Its pods have a name of their own, by which its Service and network policy find them. With that of the
service they would be among the replicas of its Service, its autoscaler and its disruption budget, and the selector of a Deployment that
is there cannot be changed.
*/}}
{{- define "shop.canary" -}}
{{- $canary := .service.canary -}}
{{- $differs := dict "canaryOf" .name "imageOf" (.service.imageOf | default .name) "replicas" 1 "canary" (dict "weight" $canary.weight) -}}
{{- $_ := set $differs "autoscaling" (dict "enabled" false) -}}
{{- $_ := set $differs "podDisruptionBudget" (dict "enabled" false) -}}
{{- $_ := set $differs "service" (dict "type" "ClusterIP") -}}
{{- $_ := set $differs "podLabels" (dict "track" "canary") -}}
{{- if $canary.tag -}}
  {{- $_ := set $differs "image" (dict "tag" $canary.tag) -}}
{{- end -}}
{{- $env := deepCopy .service.env -}}
{{- range $variable, $value := $canary.env -}}
  {{- $_ := set $env $variable $value -}}
{{- end -}}
{{- mustMergeOverwrite (deepCopy .service) $differs (dict "env" $env) | toJson -}}
{{- end }}

{{/* The values of a service, an engine or another pod as JSON: its own over its base, over the defaults. Null drops one of these. */}}
{{- define "shop.component" -}}
{{- $component := deepCopy .root.Values.defaults -}}
{{- $env := dict -}}
{{- $canaryEnv := dict -}}
{{- range $layer := list .root.Values.defaults (.own.base | default dict) .own -}}
  {{- range $variable, $value := $layer.env -}}
    {{- $_ := set $env $variable (include "shop.envValue" $value | fromJson).value -}}
  {{- end -}}
  {{- range $variable, $value := dig "canary" "env" dict $layer -}}
    {{- $_ := set $canaryEnv $variable (include "shop.envValue" $value | fromJson).value -}}
  {{- end -}}
  {{- $component = mustMergeOverwrite $component (omit $layer "base" | deepCopy) -}}
{{- end -}}
{{- include "shop.dropNulls" $component -}}
{{- $_ := set $component "canary" (merge (dict "env" $canaryEnv) ($component.canary | default dict)) -}}
{{- toJson (set $component "env" $env) -}}
{{- end }}

{{/* A value of env as JSON: what valueFrom has, a text, or null. */}}
{{- define "shop.envValue" -}}
{{- dict "value" (or (kindIs "map" .) (kindIs "invalid" .) | ternary . (include "shop.text" .)) | toJson -}}
{{- end }}

{{- define "shop.dropNulls" -}}
{{- range $key, $value := . -}}
  {{- if hasSuffix "SecurityContext" $key -}}
    {{- /* Its nulls drop what the chart sets, later. */ -}}
  {{- else if kindIs "map" $value -}}
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

{{/* The URL of a service and a path, as pods reach it. */}}
{{- define "shop.url" -}}
{{- $path := splitn "/" 2 .to -}}
{{- $service := index .services $path._0 | default dict -}}
http://{{ include "shop.name" (dict "root" .root "name" $path._0) }}:{{ $service.port }}{{ with $path._1 }}/{{ . }}{{ end }}
{{- end }}

{{/* The same as browsers reach it: at its host, or at the port to which the notes forward. Blank if the service is not enabled. */}}
{{- define "shop.link" -}}
{{- $path := splitn "/" 2 .to -}}
{{- with index .services $path._0 -}}
{{- include "shop.hosts" $.root | fromJson | dig $path._0 (printf "http://localhost:%v" .port) -}}{{ with $path._1 }}/{{ . }}{{ end }}
{{- end -}}
{{- end }}

{{/* The URLs of what ingress and gatewayApi expose, by service, as JSON. A wildcard is no address. */}}
{{- define "shop.hosts" -}}
{{- $urls := dict -}}
{{- if .Values.gatewayApi.enabled -}}
  {{- range $name, $host := .Values.gatewayApi.hosts -}}
    {{- $_ := set $urls $name (printf "%s://%s" $.Values.gatewayApi.scheme $host) -}}
  {{- end -}}
{{- end -}}
{{- if .Values.ingress.enabled -}}
  {{- range $name, $host := .Values.ingress.hosts -}}
    {{- $scheme := "http" -}}
    {{- range $tls := $.Values.ingress.tls -}}
      {{- $wildcard := regexReplaceAll "^[^.]+" $host "*" -}}
      {{- if or (not $tls.hosts) (has $host $tls.hosts) (has $wildcard $tls.hosts) -}}
        {{- $scheme = "https" -}}
      {{- end -}}
    {{- end -}}
    {{- $_ := set $urls $name (printf "%s://%s" $scheme $host) -}}
  {{- end -}}
{{- end -}}
{{- range $name, $url := $urls -}}
  {{- if contains "*" $url -}}
    {{- $_ := unset $urls $name -}}
  {{- end -}}
{{- end -}}
{{- toJson $urls -}}
{{- end }}

{{- define "shop.image" -}}
{{- $repository := .service.image.repository | default .root.Values.global.repository -}}
{{- $tag := .service.image.tag | default .root.Values.global.tag -}}
{{- if .service.image.repository -}}{{ $repository }}:{{ $tag }}{{- else -}}{{ $repository }}:{{ .service.imageOf | default .name }}-{{ $tag }}{{- end -}}
{{- end }}

{{/* The port of a URL or of host:port. */}}
{{- define "shop.portOf" -}}
{{- $url := urlParse (contains "://" . | ternary . (printf "tcp://%s" .)) -}}
{{- $ports := dict "http" "80" "https" "443" "postgresql" "5432" "redis" "6379" "rediss" "6379" "tcp" "9092" -}}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (index $ports $url.scheme) | default "443" -}}
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

{{/*
What all pods have in common, by .component (shop.component), .user and the .name of the pod's labels. Selectors and names of ports are the
chart's own; the rest is as people set it.
*/}}
{{- define "shop.podSettings" -}}
{{- $selector := include "shop.selector" . | fromYaml -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .component.terminationGracePeriodSeconds | int64 }}
{{- $security := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- if not .root.Values.global.openshift -}}
{{- $security = merge $security (dict "runAsUser" .user "runAsGroup" .user "fsGroup" .user) -}}
{{- end }}
securityContext: {{- include "shop.overlaid" (dict "own" $security "set" .component.podSecurityContext) | nindent 2 }}
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .component.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .component.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .component.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .component.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- merge (dict) . (dict "labelSelector" (dict "matchLabels" $selector)) | toYaml | nindent 4 }}
  {{- end }}
{{- end }}
{{- with .component.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "shop.containerSecurity" -}}
{{- $security := dict "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" (dict "drop" (list "ALL")) -}}
{{- include "shop.overlaid" (dict "own" $security "set" .containerSecurityContext) -}}
{{- end }}

{{- define "shop.overlaid" -}}
{{- $result := mustMergeOverwrite .own (.set | default dict) -}}
{{- include "shop.dropNulls" $result -}}
{{- toYaml $result -}}
{{- end }}

{{- define "shop.podLabels" -}}
{{- merge (dict) (.component.podLabels | default dict) (include "shop.labels" . | fromYaml) | toYaml -}}
{{- end }}

{{/* An image that is not ours: an engine's or the Collector's. */}}
{{- define "shop.foreignImage" -}}
{{- with .root.Values.global.engineRegistry -}}{{ . }}/{{- end -}}{{ .image }}
{{- end }}

{{- define "shop.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "shop.name" . }}
  labels: {{- include "shop.labels" . | nindent 4 }}
  {{- with (.component.serviceAccount | default dict).annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
