import * as z from 'zod';
import { envName, httpUrl, key, listenAddress, path } from './scalars.ts';

const traces = z.strictObject({
  otlp: key(httpUrl, 'The OpenTelemetry collector (OTLP over HTTP).', 'http://otel-collector:4318'),
  headersEnv: key(envName, 'The variable with more headers, as name=value,name=value.', 'OTLP_HEADERS').optional(),
  headersFile: key(path, 'The file with more headers, as name=value,name=value.', '/run/secrets/otlp').optional(),
});

/** Numbers and traces about the program itself. */
export const watch = z.strictObject({
  metrics: key(
    z.union(
      [
        z.boolean(),
        z.strictObject({ listen: key(listenAddress, 'An address of its own for the numbers.', '127.0.0.1:9464') }),
      ],
      { error: 'must be true, false or { listen: "address:port" }' },
    ),
    'Where Prometheus reads /metrics. Absent: at the address of the page, from this machine only; true: from anywhere; { listen }: at an address of its own; false: nowhere.',
    true,
  ).optional(),
  traces: key(traces, 'Where traces are sent; absent: nowhere.', { otlp: 'http://otel-collector:4318' }).optional(),
});
