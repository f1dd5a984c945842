{{- /* The image of one program. Call with a dict of root and program. */ -}}
{{- define "marrow.image" -}}
{{ .root.Values.global.hub }}/{{ .program }}:{{ .root.Values.global.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{- /* Labels of every object. Call with a dict of root and name. */ -}}
{{- define "marrow.labels" -}}
app: {{ .name }}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: marrow
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- /* The rest of an environment: NAME: value. */ -}}
{{- define "marrow.env" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{- define "marrow.pullSecrets" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
