{{- define "node.selinux" -}}
{{- with .Values.seLinuxType }}
seLinuxOptions: {type: {{ . }}}
{{- end }}
{{- end -}}

{{- define "node.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
