{{- define "shop.secret" -}}
{{- .Values.secrets.existing | default (include "shop.name" (dict "root" . "name" "secrets")) -}}
{{- end }}

{{/* The keys of the Secret that a service uses, as a JSON list. */}}
{{- define "shop.secretKeys" -}}
{{- $keys := list -}}
{{- $needed := include "shop.secretVariables" . | fromJson -}}
{{- range $variable, $key := $needed -}}
  {{- if not (hasKey $.service.env $variable) -}}
    {{- $keys = append $keys $key -}}
  {{- end -}}
{{- end -}}
{{- $keys | uniq | sortAlpha | toJson -}}
{{- end }}

{{/* variable: key, as the values have it, and the password of the database. */}}
{{- define "shop.secretVariables" -}}
{{- $variables := .service.secrets | default dict -}}
{{- if and .service.database (include "shop.postgres.host" .root) -}}
  {{- $variables = merge (dict "DATABASE_PASSWORD" "database-password") $variables -}}
{{- end -}}
{{- toJson $variables -}}
{{- end }}

{{/*
The content of the Secret in base64, as JSON: what is given, else what the Secret in the cluster has, else new passwords. It is made once,
so that each template gets the same. A cluster is there only with `helm install` and `helm upgrade`; `helm template` finds no Secret.
*/}}
{{- define "shop.secretData" -}}
{{- $secrets := .Values.secrets -}}
{{- if not $secrets._data -}}
  {{- $services := include "shop.services" . | fromJson -}}
  {{- $needed := .Values.engines.postgres.enabled | ternary (list "database-password") list -}}
  {{- range $service := $services -}}
    {{- $needed = concat $needed (include "shop.secretKeys" (dict "root" $ "service" $service) | fromJsonArray) -}}
  {{- end -}}
  {{- $found := (lookup "v1" "Secret" .Release.Namespace (include "shop.secret" .)).data | default dict -}}
  {{- if $secrets.existing -}}
    {{- range $key := $needed | uniq | sortAlpha -}}
      {{- if and $found (not (hasKey $found $key)) (ne $key "token-key") -}}
        {{- fail (printf "secrets.existing is %s, and this Secret has no key %s" $secrets.existing $key) -}}
      {{- end -}}
    {{- end -}}
    {{- $_ := set $secrets "_data" $found -}}
  {{- else -}}
    {{- $names := dict "api-token" "apiToken" "admin-password" "adminPassword" "database-password" "databasePassword" "token-key" "tokenKey" -}}
    {{- $given := or $secrets.apiToken $secrets.adminPassword $secrets.databasePassword -}}
    {{- $data := dict -}}
    {{- range $key, $name := $names -}}
      {{- if index $secrets $name -}}
        {{- $_ := set $data $key (index $secrets $name | b64enc) -}}
      {{- else if hasKey $found $key -}}
        {{- $_ := set $data $key (index $found $key) -}}
      {{- else if and (has $key $needed) (eq $key "token-key") -}}
        {{- /* Accounts can do without, so it is not asked for either. */ -}}
        {{- if not $given -}}
          {{- $_ := set $data $key (genPrivateKey "ecdsa" | b64enc) -}}
        {{- end -}}
      {{- else if has $key $needed -}}
        {{- if $given -}}
          {{- fail (printf "secrets.%s is not given, but another one is: give each that is needed, or none, or the name of a Secret of your own as secrets.existing" $name) -}}
        {{- end -}}
        {{- $_ := set $data $key (randAlphaNum 32 | b64enc) -}}
      {{- end -}}
    {{- end -}}
    {{- $_ := set $secrets "_data" $data -}}
  {{- end -}}
{{- end -}}
{{- $secrets._data | default dict | toJson -}}
{{- end }}

{{/* The annotation that restarts a pod when a key of the Secret changes that it uses. */}}
{{- define "shop.secretChecksum" -}}
{{- $data := include "shop.secretData" .root | fromJson -}}
{{- $used := dict -}}
{{- range $key := .keys -}}
  {{- $_ := set $used $key (index $data $key) -}}
{{- end -}}
{{- dict "checksum/secret" (dict "release" .root.Release.Name "namespace" .root.Release.Namespace "used" $used | toJson | sha256sum) | toJson -}}
{{- end }}
