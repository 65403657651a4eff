{{/*
The environment of a service as a list: what follows from the system, then what people set, which wins. A variable is set once, because
the API server refuses it twice. A value is a text, or as in Kubernetes what valueFrom has. Without a value (null) a variable is not set.
*/}}
{{- define "shop.environment" -}}
{{- $root := .root }}
{{- $services := .services }}
{{- $service := .service }}
{{- $base := $service.canaryOf | default .name }}
{{- $environment := dict (include "shop.portVariable" $service) (toString $service.port) "DEPLOYMENT_ENVIRONMENT" .root.Values.telemetry.environment }}
{{- if $service.otlpPort }}
{{- $_ := set $environment "OTLP_PORT" (toString $service.otlpPort) }}
{{- with $service.otlpGrpcPort }}
{{- $_ := set $environment "OTLP_GRPC_PORT" (toString .) }}
{{- end }}
{{- else }}
{{- $_ := set $environment "OTEL_EXPORTER_OTLP_ENDPOINT" (include "shop.otlp" (dict "root" .root "services" $services)) }}
{{- if and (eq .root.Values.telemetry.to "otlp") .root.Values.telemetry.otlp.headersSecret }}
{{- $_ := set $environment "OTEL_EXPORTER_OTLP_HEADERS" (dict "secretKeyRef" (dict "name" .root.Values.telemetry.otlp.headersSecret "key" "headers")) }}
{{- end }}
{{- end }}
{{- if not $service.otlpPort }}
{{- if hasKey $services "console" }}
{{- $_ := set $environment "CONTROL_URL" (include "shop.url" (dict "root" .root "services" $services "to" "console")) }}
{{- $_ := set $environment "ADMIN_PASSWORD" (dict "secretKeyRef" (dict "name" (include "shop.secret" .root) "key" "admin-password")) }}
{{- else }}
{{- $_ := set $environment "CONTROL_URL" "" }}
{{- end }}
{{- end }}
{{- /* The pod's place in the cluster, as OpenTelemetry's conventions name it. A variable can refer to one before it, by the alphabet. */}}
{{- range $variable, $path := dict "K8S_NODE_NAME" "spec.nodeName" "K8S_POD_NAME" "metadata.name" "K8S_POD_UID" "metadata.uid" }}
{{- $_ := set $environment $variable (dict "fieldRef" (dict "apiVersion" "v1" "fieldPath" $path)) }}
{{- end }}
{{- $_ := set $environment "OTEL_RESOURCE_ATTRIBUTES" (list
  "deployment.environment.name=$(DEPLOYMENT_ENVIRONMENT)"
  (printf "service.namespace=%s" .root.Release.Namespace)
  (printf "service.instance.id=%s.$(K8S_POD_NAME).%s" .root.Release.Namespace $base)
  (printf "k8s.namespace.name=%s" .root.Release.Namespace)
  (printf "k8s.deployment.name=%s" (include "shop.name" (dict "root" .root "name" .name)))
  (printf "k8s.container.name=%s" $base)
  "k8s.pod.name=$(K8S_POD_NAME)" "k8s.pod.uid=$(K8S_POD_UID)" "k8s.node.name=$(K8S_NODE_NAME)" | join ",") }}
{{- /* A canary has a version of its own, and tells the console how many shoppers it wants. */}}
{{- if $service.canaryOf }}
{{- $version := $service.image.tag | default (printf "%s-canary" .root.Chart.AppVersion) }}
{{- $_ := set $environment "OTEL_RESOURCE_ATTRIBUTES" (printf "%s,service.version=%s" $environment.OTEL_RESOURCE_ATTRIBUTES $version) }}
{{- $_ := set $environment "CANARY_URL" (include "shop.url" (dict "root" .root "services" $services "to" .name)) }}
{{- $_ := set $environment "CANARY_WEIGHT" (toString $service.canary.weight) }}
{{- end }}
{{- $_ := set $environment "SHUTDOWN_DELAY" "3s" }}
{{- $_ := set $environment "SHUTDOWN_TIMEOUT" "10s" }}
{{- range $variable, $to := $service.calls }}
{{- $_ := set $environment $variable (include "shop.url" (dict "root" $root "services" $services "to" $to)) }}
{{- end }}
{{- range $variable, $to := $service.mayCall }}
{{- $isThere := hasKey $services (splitList "/" $to | first) }}
{{- $_ := set $environment $variable ($isThere | ternary (include "shop.url" (dict "root" $root "services" $services "to" $to)) "") }}
{{- end }}
{{- range $variable, $to := $service.links }}
{{- $_ := set $environment $variable (include "shop.link" (dict "root" $root "services" $services "to" $to)) }}
{{- end }}
{{- /* Each gateway sells its share of what was last available while the inventory service is away; all of them together half of it. */}}
{{- $stable := index $services $base }}
{{- $replicas := $stable.autoscaling.enabled | ternary $stable.autoscaling.maxReplicas $stable.replicas | int }}
{{- if hasKey $services (printf "%s-canary" $base) }}
{{- $replicas = add $replicas 1 | int }}
{{- end }}
{{- if and (hasKey ($service.mayCall | default dict) "INVENTORY_SERVICE") (gt $replicas 1) }}
{{- $_ := set $environment "UNRESERVED_SHARE" (divf 0.5 $replicas | printf "%.4f") }}
{{- end }}
{{- if $service.scrapesAll }}
{{- $targets := list }}
{{- range $name, $target := $services }}
{{- if not $target.canaryOf }}
{{- $targets = append $targets (printf "%s=%s" $name (include "shop.url" (dict "root" $root "services" $services "to" $name))) }}
{{- end }}
{{- end }}
{{- $_ := set $environment "SCRAPE_TARGETS" (join "," $targets) }}
{{- end }}
{{- $host := include "shop.postgres.host" .root }}
{{- if and $service.database $host }}
{{- $_ := set $environment "DATABASE_URL" (printf "postgresql://%s:%s/%s" $host (include "shop.postgres.port" .root) $service.database) }}
{{- $_ := set $environment "DATABASE_USER" (.root.Values.engines.postgres.enabled | ternary "shop" .root.Values.engines.postgres.external.user) }}
{{- $_ := set $environment "DATABASE_PASSWORD" (dict "secretKeyRef" (dict "name" (include "shop.secret" $root) "key" "database-password")) }}
{{- end }}
{{- if $service.kafka }}
{{- $_ := set $environment "KAFKA_BOOTSTRAP_SERVERS" (include "shop.kafka.servers" .root) }}
{{- end }}
{{- if $service.redis }}
{{- $_ := set $environment "REDIS_URL" (include "shop.redis.url" .root) }}
{{- end }}
{{- range $variable, $key := $service.secrets }}
{{- $reference := dict "name" (include "shop.secret" $root) "key" $key }}
{{- if eq $key "token-key" }}
{{- $_ := set $reference "optional" true }}
{{- end }}
{{- $_ := set $environment $variable (dict "secretKeyRef" $reference) }}
{{- end }}
{{- range $variable, $value := $service.env }}
{{- $_ := set $environment $variable $value }}
{{- end }}
{{- $list := list }}
{{- range $variable, $value := $environment }}
{{- if kindIs "map" $value }}
{{- $list = append $list (dict "name" $variable "valueFrom" $value) }}
{{- else if not (kindIs "invalid" $value) }}
{{- $list = append $list (dict "name" $variable "value" $value) }}
{{- end }}
{{- end }}
{{- toYaml $list }}
{{- end }}

{{- define "shop.portVariable" -}}
{{- .portVariable | default "PORT" -}}
{{- end }}

{{/* A number as it was written: Go prints a million as 1e+06, which is no integer for a service. */}}
{{- define "shop.text" -}}
{{- if kindIs "float64" . -}}
{{- toJson . -}}
{{- else if and (not (kindIs "string" .)) (regexMatch "^[0-9.]+e[+]" (toString .)) -}}
{{- toString . | float64 | toJson -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end }}
