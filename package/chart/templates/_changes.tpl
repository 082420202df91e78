{{/* Changes an object as the values say; what they say nothing of stays as base.yaml has it. */}}
{{- define "goldenpath.change" }}
{{- $values := .values }}
{{- with .object }}
{{- $own := get (dict "function-goldenpath" $values.function "provider-goldenpath-aws" $values.provider) .metadata.name }}
{{- if eq .kind "ImageConfig" }}
{{- range .spec.matchImages }}{{ $_ := set . "prefix" (replace "REGISTRY/" (printf "%s/" $values.registry) .prefix) }}{{ end }}
{{- else if eq .kind "DeploymentRuntimeConfig" }}
{{- $deployment := .spec.deploymentTemplate.spec }}
{{- $_ := set $deployment "replicas" $own.replicas }}
{{- $_ := set (first $deployment.template.spec.containers) "resources" $own.resources }}
{{- if $own.serviceAccountAnnotations }}
{{- $_ := set .spec "serviceAccountTemplate" (dict "metadata" (dict "annotations" $own.serviceAccountAnnotations)) }}
{{- end }}
{{- else if and (eq .kind "PodDisruptionBudget") (not $own.podDisruptionBudget) }}
{{- $_ := unset . "kind" }}
{{- else if and (has .metadata.name (list "goldenpath-edit" "goldenpath-view")) (not $values.tenants.aggregate) }}
{{- $_ := unset .metadata "labels" }}
{{- else if and (eq .kind "ClusterRoleBinding") (eq .metadata.name "goldenpath-platform") }}
{{- $_ := set . "subjects" (concat .subjects $values.policies.platform) }}
{{- else if eq .metadata.name "goldenpath-tenancy" }}
{{- range $key, $lines := dict "stores" $values.tenancy.stores "paths" $values.tenancy.paths }}
{{- $_ := set $.object.data $key (include "goldenpath.lines" $lines) }}
{{- end }}
{{- $_ := set .data "environment" $values.tenancy.environment }}
{{- else if and (hasPrefix "monitoring.coreos.com/" .apiVersion) $values.monitoring.labels }}
{{- $_ := set .metadata "labels" $values.monitoring.labels }}
{{- end }}
{{- end }}
{{- end }}

{{/* Words, one a line. */}}
{{- define "goldenpath.lines" }}{{ range . }}{{ printf "%s\n" . }}{{ end }}{{ end }}
