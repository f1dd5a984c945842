{{- define "control-plane.lease" -}}
marrow-control-plane-leader{{ if ne .Values.revision "default" }}-{{ .Values.revision }}{{ end }}
{{- end -}}

{{- define "control-plane.address" -}}
{{ .Values.discoveryAddress | default (printf "control-plane.%s.svc:15012" .Release.Namespace) }}
{{- end -}}
