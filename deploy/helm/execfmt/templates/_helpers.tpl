{{- define "execfmt.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "execfmt.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "execfmt.labels" -}}
{{ include "execfmt.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- if .Values.ownedByHelm }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}
{{- end }}

{{- define "execfmt.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* The part that both shapes share. */}}
{{- define "execfmt.pod" -}}
metadata:
  labels:
    {{- include "execfmt.selector" . | nindent 4 }}
    app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ .Values.serviceAccount.name }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  # No addresses of other services in the environment: nothing here reads them.
  enableServiceLinks: false
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: { type: RuntimeDefault }
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if gt (int .Values.replicas) 1 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "execfmt.selector" . | nindent 10 }}
  {{- end }}
  containers:
    - name: execfmt
      image: {{ include "execfmt.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: ["serve"]
      {{- with include "execfmt.env" . }}
      {{- . | nindent 6 }}
      {{- end }}
      ports:
        - { name: http, containerPort: 3000, protocol: TCP }
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: ["ALL"] }
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      startupProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /healthz, port: http }
        periodSeconds: 15
        timeoutSeconds: 5
        failureThreshold: 4
      readinessProbe:
        httpGet: { path: /readyz, port: http }
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 2
      lifecycle:
        preStop:
          exec: { command: ["sleep", "{{ .Values.drainSeconds }}"] }
      volumeMounts:
        # A folder, not a file of it: only so a change of the ConfigMap arrives.
        - { name: config, mountPath: /etc/execfmt, readOnly: true }
        - { name: tmp, mountPath: /tmp }
        {{- if eq .Values.store.kind "sqlite" }}
        - { name: data, mountPath: /data }
        {{- end }}
        {{- range .Values.secretFiles }}
        - { name: {{ printf "secret-%s" . | quote }}, mountPath: {{ printf "/var/run/secrets/execfmt/%s" . | quote }}, readOnly: true }
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap: { name: {{ include "execfmt.name" . }} }
    - name: tmp
      emptyDir: { sizeLimit: 1Gi }
    {{- range .Values.secretFiles }}
    - name: {{ printf "secret-%s" . | quote }}
      secret: { secretName: {{ . | quote }}, defaultMode: 0440 }
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "execfmt.env" -}}
{{- if or (eq .Values.store.kind "postgres") .Values.secretEnv .Values.env -}}
env:
  {{- if eq .Values.store.kind "postgres" }}
  - name: DATABASE_URL
    valueFrom: { secretKeyRef: { name: {{ .Values.store.postgres.secret | quote }}, key: {{ .Values.store.postgres.key | quote }} } }
  {{- end }}
  {{- range $name, $from := .Values.secretEnv }}
  - name: {{ $name }}
    valueFrom: { secretKeyRef: { name: {{ $from.secret | quote }}, key: {{ $from.key | quote }} } }
  {{- end }}
  {{- range $name, $value := .Values.env }}
  - { name: {{ $name }}, value: {{ $value | quote }} }
  {{- end }}
{{- end }}
{{- end }}
