{{/*
Refuses, with a sentence and before anything is created, values that do not fit together and what the API server would refuse.
values.schema.json does so for single values.
*/}}
{{- define "shop.check" -}}
{{- $root := .root -}}
{{- $services := .services -}}
{{- $values := .root.Values -}}
{{- $engines := $values.engines -}}
{{- /*
Not kubeVersion of Chart.yaml, because Helm also refuses API servers that were built from source with it: their version is not SemVer.
v1.20.0 is what some Helms take if there is no cluster.
*/ -}}
{{- $kubernetes := .root.Capabilities.KubeVersion -}}
{{- if and (eq $kubernetes.Major "1") (lt (int (regexFind "^[0-9]+" $kubernetes.Minor)) 25) (ne $kubernetes.Version "v1.20.0") -}}
  {{- fail (printf "this is Kubernetes %s, but the chart needs 1.25 or newer" $kubernetes.Version) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" .root.Release.Name) -}}
  {{- fail (printf "the release cannot be called %s, because the names of its Services begin with it: take letters, digits and dashes, and a letter first" .root.Release.Name) -}}
{{- end -}}
{{- range $name, $service := $services -}}
  {{- $many := or (gt (int $service.replicas) 1) $service.autoscaling.enabled $service.canary.enabled -}}
  {{- if has $name (list "postgres" "kafka" "redis" "collector" "secrets" "smoke-test") -}}
    {{- fail (printf "services.%s cannot have this name, because another part of the chart has it" $name) -}}
  {{- end -}}
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
  {{- $ports := list -}}
  {{- range $key := list "port" "otlpPort" "otlpGrpcPort" -}}
    {{- with index $service $key -}}
      {{- if has . $ports -}}
        {{- fail (printf "services.%s.%s is %v, which is another port of this service already" $name $key .) -}}
      {{- end -}}
      {{- $ports = append $ports . -}}
    {{- end -}}
  {{- end -}}
  {{- if and $service.otlpPort $many -}}
    {{- fail (printf "services.%s keeps the telemetry in memory, so there can be one only: set services.%s.replicas to 1, with neither autoscaling nor a canary" $name $name) -}}
  {{- end -}}
  {{- if and $service.redis $many (not (or (include "shop.redis.url" $root) $service.env.REDIS_URL)) -}}
    {{- fail (printf "services.%s keeps its sessions in memory without Redis, so there can be one only: enable engines.redis or set engines.redis.external.url" $name) -}}
  {{- end -}}
  {{- if and $service.database (not (or (include "shop.postgres.host" $root) $service.env.DATABASE_URL)) -}}
    {{- if has $name (list "inventory" "payments") -}}
      {{- fail (printf "services.%s needs PostgreSQL: enable engines.postgres or set engines.postgres.external.host" $name) -}}
    {{- else if $many -}}
      {{- fail (printf "services.%s keeps its data in memory without PostgreSQL, so there can be one only: enable engines.postgres or set engines.postgres.external.host" $name) -}}
    {{- end -}}
  {{- end -}}
  {{- $external := and $service.database (not $engines.postgres.enabled) $engines.postgres.external.host -}}
  {{- if and $external (not (or $values.secrets.databasePassword $values.secrets.existing (hasKey $service.env "DATABASE_PASSWORD"))) -}}
    {{- fail (printf "services.%s uses the PostgreSQL at engines.postgres.external.host, so its password must be given: as secrets.databasePassword, or in the Secret secrets.existing" $name) -}}
  {{- end -}}
  {{- if $service.canary.enabled -}}
    {{- include "shop.checkCanary" (dict "name" $name "service" $service "services" $services) -}}
  {{- end -}}
  {{- with $service.autoscaling -}}
    {{- if and .enabled (gt (int64 .minReplicas) (int64 .maxReplicas)) -}}
      {{- fail (printf "services.%s.autoscaling.minReplicas is %d, which is more than its maxReplicas, %d" $name (int64 .minReplicas) (int64 .maxReplicas)) -}}
    {{- end -}}
    {{- if and .enabled (not (dig "requests" "cpu" "" ($service.resources | default dict))) -}}
      {{- fail (printf "services.%s.autoscaling is by the share of the CPU that a pod requests, so services.%s.resources.requests.cpu must be set" $name $name) -}}
    {{- end -}}
  {{- end -}}
  {{- with $service.podDisruptionBudget -}}
    {{- if .enabled -}}
      {{- if not (or .minAvailable .maxUnavailable) -}}
        {{- fail (printf "services.%s.podDisruptionBudget needs maxUnavailable or minAvailable" $name) -}}
      {{- end -}}
      {{- $replicas := $service.autoscaling.enabled | ternary $service.autoscaling.minReplicas $service.replicas | int64 -}}
      {{- if .minAvailable -}}
        {{- if or (eq (toString .minAvailable) "100%") (and (not (kindIs "string" .minAvailable)) (ge (int64 .minAvailable) $replicas)) (and (kindIs "string" .minAvailable) (le $replicas 1)) -}}
          {{- fail (printf "services.%s.podDisruptionBudget.minAvailable is %v with %d replicas, so no node could be drained: have more replicas or set maxUnavailable" $name .minAvailable $replicas) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and (gt (int $service.preStopSeconds) 0) (ge (int $service.preStopSeconds) (int $service.terminationGracePeriodSeconds)) -}}
    {{- fail (printf "services.%s.preStopSeconds is %d, which must be less than its terminationGracePeriodSeconds, %d" $name (int $service.preStopSeconds) (int $service.terminationGracePeriodSeconds)) -}}
  {{- end -}}
  {{- include "shop.checkPod" (dict "path" (printf "services.%s" $name) "pod" $service) -}}
{{- end -}}
{{- range $name, $engine := dict "postgres" "host" "kafka" "bootstrapServers" "redis" "url" -}}
  {{- $own := index $engines $name -}}
  {{- if $own.enabled -}}
    {{- if index $own.external $engine -}}
      {{- fail (printf "engines.%s.external.%s is set, but engines.%s.enabled is true: choose one" $name $engine $name) -}}
    {{- end -}}
    {{- include "shop.checkPod" (dict "path" (printf "engines.%s" $name) "pod" (include "shop.component" (dict "root" $root "own" $own) | fromJson)) -}}
    {{- include "shop.checkVolume" (dict "root" $root "name" $name "engine" $own) -}}
  {{- end -}}
{{- end -}}
{{- include "shop.checkPod" (dict "path" "smokeTest" "pod" (include "shop.component" (dict "root" $root "own" $values.smokeTest) | fromJson)) -}}
{{- range $key := list "metricsFrom" "exposedTo" "dnsTo" -}}
  {{- include "shop.checkPeers" (dict "path" (printf "networkPolicy.%s" $key) "peers" (index $values.networkPolicy $key)) -}}
{{- end -}}
{{- include "shop.checkTelemetry" . -}}
{{- include "shop.checkExposure" . -}}
{{- end }}

{{- define "shop.checkCanary" -}}
{{- $isCalled := false -}}
{{- range .services -}}
  {{- range $_, $to := merge (dict) (.calls | default dict) (.mayCall | default dict) -}}
    {{- if eq (splitList "/" $to | first) $.name -}}
      {{- $isCalled = true -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if not $isCalled -}}
  {{- fail (printf "services.%s.canary would get no requests, because no service calls %s" .name .name) -}}
{{- end -}}
{{- if not (hasKey .services "console") -}}
  {{- fail (printf "services.%s.canary needs the console, which tells the callers of it, and is not enabled" .name) -}}
{{- end -}}
{{- if not (or .service.canary.tag .service.canary.env) -}}
  {{- fail (printf "services.%s.canary is the same as the service: set its tag or env" .name) -}}
{{- end -}}
{{- if hasKey .services (printf "%s-canary" .name) -}}
  {{- fail (printf "services.%s-canary cannot have this name, because it is that of the canary of %s" .name .name) -}}
{{- end -}}
{{- if gt (len .name) 19 -}}
  {{- fail (printf "services.%s has a name that is too long for a canary: 19 characters at most" .name) -}}
{{- end -}}
{{- end }}

{{- define "shop.checkTelemetry" -}}
{{- $telemetry := .root.Values.telemetry -}}
{{- if and (ne $telemetry.to "otlp") (not (hasKey .services "console")) (not (and (eq $telemetry.to "collector") $telemetry.collector.endpoint)) -}}
  {{- fail "telemetry.to leads to the console, which is not enabled" -}}
{{- end -}}
{{- if and (eq $telemetry.to "otlp") (not $telemetry.otlp.endpoint) -}}
  {{- fail "telemetry.to is otlp, so telemetry.otlp.endpoint must be set" -}}
{{- end -}}
{{- if eq $telemetry.to "collector" -}}
  {{- include "shop.checkPod" (dict "path" "telemetry.collector" "pod" (include "shop.component" (dict "root" .root "own" $telemetry.collector) | fromJson)) -}}
{{- end -}}
{{- end }}

{{- define "shop.checkExposure" -}}
{{- range $kind := list "ingress" "gatewayApi" -}}
  {{- $exposure := index $.root.Values $kind -}}
  {{- range $name, $_ := $exposure.hosts -}}
    {{- if not (hasKey $.services $name) -}}
      {{- fail (printf "%s.hosts: %s is to be exposed, but there is no such service, or it is not enabled" $kind $name) -}}
    {{- end -}}
  {{- end -}}
  {{- if and $exposure.enabled (not $exposure.hosts) -}}
    {{- fail (printf "%s.enabled is true, so %s.hosts must have a service and its host name" $kind $kind) -}}
  {{- end -}}
  {{- $hosts := values ($exposure.hosts | default dict) -}}
  {{- if ne (len $hosts) (len (uniq $hosts)) -}}
    {{- fail (printf "%s.hosts has two services at the same host name" $kind) -}}
  {{- end -}}
{{- end -}}
{{- $edge := .root.Values.ingress.edgeAuthentication -}}
{{- if and .root.Values.ingress.enabled $edge.controller -}}
  {{- if not (hasKey .root.Values.ingress.hosts "gateway") -}}
    {{- fail "ingress.edgeAuthentication protects paths of the gateway, so ingress.hosts.gateway must be set" -}}
  {{- end -}}
  {{- if not (or $edge.url (hasKey .services "accounts")) -}}
    {{- fail "ingress.edgeAuthentication asks accounts, which is not enabled: set ingress.edgeAuthentication.url" -}}
  {{- end -}}
{{- end -}}
{{- if and .root.Values.gatewayApi.enabled (not .root.Values.gatewayApi.parentRefs) -}}
  {{- fail "gatewayApi.enabled is true, so gatewayApi.parentRefs must name a Gateway" -}}
{{- end -}}
{{- end }}

{{- define "shop.checkPod" -}}
{{- $path := .path -}}
{{- range $label := list "app.kubernetes.io/instance" "app.kubernetes.io/name" -}}
  {{- if hasKey ($.pod.podLabels | default dict) $label -}}
    {{- fail (printf "%s.podLabels has %s, by which Services and network policies find the pods" $path $label) -}}
  {{- end -}}
{{- end -}}
{{- $resources := .pod.resources | default dict -}}
{{- $limits := $resources.limits | default dict -}}
{{- range $resource, $request := $resources.requests -}}
  {{- $limit := index $limits $resource -}}
  {{- $isWhole := contains "/" $resource -}}
  {{- if kindIs "invalid" $limit -}}
    {{- if $isWhole -}}
      {{- fail (printf "%s.resources.requests.%s needs the same in resources.limits" $path $resource) -}}
    {{- end -}}
  {{- else if or (gt (include "shop.quantity" $request | float64) (include "shop.quantity" $limit | float64)) (and $isWhole (ne (include "shop.quantity" $request) (include "shop.quantity" $limit))) -}}
    {{- fail (printf "%s.resources.requests.%s is %v, but resources.limits.%s is %v (the chart's defaults included): a request must not be more than its limit" $path $resource (include "shop.text" $request) $resource (include "shop.text" $limit)) -}}
  {{- end -}}
{{- end -}}
{{- $pairs := list -}}
{{- range .pod.topologySpreadConstraints -}}
  {{- $pairs = append $pairs (printf "%s with %s" .topologyKey .whenUnsatisfiable) -}}
{{- end -}}
{{- range $constraint := .pod.topologySpreadConstraints -}}
  {{- $labels := $constraint.labelSelector | default (dict "matchLabels" (dict "app.kubernetes.io/instance" "" "app.kubernetes.io/name" "")) | dig "matchLabels" dict -}}
  {{- range $constraint.matchLabelKeys -}}
    {{- if hasKey $labels . -}}
      {{- fail (printf "%s.topologySpreadConstraints has %s in matchLabelKeys, but its labelSelector has this label too" $path .) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range .pod.extraEgress -}}
  {{- include "shop.checkPeers" (dict "path" (printf "%s.extraEgress" $path) "peers" .to) -}}
  {{- range .ports -}}
    {{- if and .endPort (lt (int .endPort) (int .port)) -}}
      {{- fail (printf "%s.extraEgress has the endPort %d, which is less than its port, %d" $path (int .endPort) (int .port)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if ne (len $pairs) (len (uniq $pairs)) -}}
  {{- fail (printf "%s.topologySpreadConstraints has the same topologyKey twice with the same whenUnsatisfiable" $path) -}}
{{- end -}}
{{- end }}

{{- define "shop.checkPeers" -}}
{{- range $peer := .peers -}}
  {{- $cidr := dig "ipBlock" "cidr" "" $peer -}}
  {{- range $except := dig "ipBlock" "except" list $peer -}}
    {{- $inner := splitList "/" $except -}}
    {{- $outer := splitList "/" $cidr -}}
    {{- $isWithin := gt (last $inner | int) (last $outer | int) -}}
    {{- if and $isWithin (not (contains ":" $except)) (not (contains ":" $cidr)) -}}
      {{- $size := 1 -}}
      {{- range until (sub 32 (last $outer | int) | int) -}}
        {{- $size = mul $size 2 -}}
      {{- end -}}
      {{- $isWithin = eq (div (include "shop.address" (first $inner) | int64) $size) (div (include "shop.address" (first $outer) | int64) $size) -}}
    {{- else if ne (contains ":" $except) (contains ":" $cidr) -}}
      {{- $isWithin = false -}}
    {{- end -}}
    {{- if not $isWithin -}}
      {{- fail (printf "%s has %s except %s, which is no part of it" $.path $cidr $except) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* An IPv4 address as a number. */}}
{{- define "shop.address" -}}
{{- $number := 0 -}}
{{- range splitList "." . -}}
  {{- $number = add (mul $number 256) (int64 .) -}}
{{- end -}}
{{- $number -}}
{{- end }}

{{/* A quantity of Kubernetes as a number of whole units. */}}
{{- define "shop.quantity" -}}
{{- $text := include "shop.text" . -}}
{{- $units := dict "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 -}}
{{- mulf (regexFind "^[0-9.]+" $text | float64) (index $units (regexFind "[A-Za-z]+$" $text) | default 1.0) -}}
{{- end }}

{{/* An upgrade cannot change the volume of a StatefulSet. It is only known where there is a cluster. */}}
{{- define "shop.checkVolume" -}}
{{- $name := include "shop.name" . -}}
{{- $claim := (lookup "apps/v1" "StatefulSet" .root.Release.Namespace $name).spec | default dict | dig "volumeClaimTemplates" list | first | default dict -}}
{{- $storage := dig "spec" "resources" "requests" "storage" "" $claim -}}
{{- if $storage -}}
  {{- if ne (include "shop.quantity" $storage) (include "shop.quantity" .engine.storage) -}}
    {{- fail (printf "engines.%s.storage is %s, but the volume has been made with %s, and an upgrade cannot change that: docs/deployment.md, Storage, says how to" .name (include "shop.text" .engine.storage) $storage) -}}
  {{- end -}}
  {{- if ne (dig "spec" "storageClassName" "" $claim) .engine.storageClassName -}}
    {{- fail (printf "engines.%s.storageClassName is %q, but the volume has been made with %q, and an upgrade cannot change that: docs/deployment.md, Storage, says how to" .name .engine.storageClassName (dig "spec" "storageClassName" "" $claim)) -}}
  {{- end -}}
{{- end -}}
{{- end }}
