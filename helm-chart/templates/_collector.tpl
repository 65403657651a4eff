{{/* Each signal goes to the console, and to the further receiver if that wants it. */}}
{{- define "shop.collectorConfiguration" -}}
receivers:
  otlp:
    protocols:
      http:
        endpoint: 0.0.0.0:4318
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 75
    spike_limit_percentage: 20
  batch:
    timeout: 500ms
exporters:
  {{- with .console }}
  otlphttp/console:
    endpoint: {{ include "shop.url" (dict "root" $.root "services" (dict "console" (dict "port" .otlpPort)) "to" "console") }}
  {{- end }}
  {{- with .collector.endpoint }}
  otlphttp:
    endpoint: {{ quote . }}
    {{- if $.collector.headersSecret }}
    headers: ${env:HEADERS}
    {{- end }}
  {{- end }}
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
service:
  extensions: [health_check]
  telemetry:
    metrics:
      level: none
  pipelines:
    {{- range $signal := list "traces" "logs" "metrics" }}
    {{- $exporters := $.console | empty | ternary list (list "otlphttp/console") }}
    {{- if and $.collector.endpoint (has $signal $.collector.signals) }}
    {{- $exporters = append $exporters "otlphttp" }}
    {{- end }}
    {{- /* Without a receiver a signal is taken and dropped: the services would log an error for each refusal. */}}
    {{ $signal }}:
      receivers: [otlp]
      processors: [memory_limiter, batch]
      exporters: [{{ $exporters | default (list "nop") | join ", " }}]
    {{- end }}
{{- end }}
