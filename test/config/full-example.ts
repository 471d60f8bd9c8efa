/** Every key of the configuration once, as the documentation shows it. */
export const FULL_EXAMPLE = `hosts:
  render-01: { docker: "ssh://ops@render-01" }
  render-02: { docker: "tcp://10.0.0.12:2376", tls: { ca: ca.pem, cert: cert.pem, key: key.pem } }
clusters:
  prod: { kubeconfig: /etc/execfmt/kubeconfig, context: prod, namespaces: [docs] }
registries:
  registry.corp.io: { username: bot, passwordEnv: REGISTRY_PASSWORD, ca: corp-ca.pem }
  "127.0.0.1:5000": { plainHttp: true }
ci:
  corp-gitlab: { gitlab: "https://gitlab.corp.io", tokenEnv: GITLAB_TOKEN, ca: corp-ca.pem }
  github:      { github: "https://api.github.com", tokenFile: secrets/github }
metrics:
  prom: { prometheus: "http://prometheus:9090" }
  app:  { scrape: "http://render-01:9090/metrics" }
services:
  pdf-renderer:
    image: registry.corp.io/pdf-renderer
    platforms: [linux/amd64]
    targets:
      - { host: render-01, container: pdf-renderer }
      - { cluster: prod, namespace: docs, workload: deployment/pdf-renderer }
    rebuild: { ci: corp-gitlab, project: docs/pdf-renderer, ref: main, job: build, runner: amd64 }
    impact:
      - { metrics: app, name: "jobs waiting", series: pdf_queue_pending_jobs, recovers: falling, unit: jobs }
    approvals: production
approvals:
  production: { approvers: [ "slack:U012AB3CD", "slack-group:S0614TZR7", "teams:<object id>", "web:<name>" ], required: 1, allowSelf: false, expiresIn: 30m }
chat:
  slack: { channels: [C0INCIDENTS] }
  teams: {}
  web:   { listen: "0.0.0.0:3000", people: [ { name: ada, tokenEnv: ADA_TOKEN }, { name: "<name>", tokenFile: secrets/page-token } ] }
store: "sqlite:./data/execfmt.db"
publicUrl: "https://execfmt.corp.io"
redact:
  - { name: corp key, pattern: "corp-[a-z]+-[0-9a-f]{32}" }
verification: { stableFor: 10s, timeout: 5m }
watch:
  metrics: { listen: "127.0.0.1:9464" }
  traces: { otlp: "http://otel-collector:4318", headersFile: secrets/otlp }
`;
