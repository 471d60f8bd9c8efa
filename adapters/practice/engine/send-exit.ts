import type { Call } from './call.ts';
import type { Engine } from './engine.ts';

/** Answers `POST /containers/{id}/wait`: the headers at once, the status when the container has stopped, exited again or gone. */
export function sendExit({ containers, events }: Engine, { query, response, subject }: Call): void {
  const container = containers.get(subject);
  const condition = query.get('condition') || 'not-running';
  const awaited = condition === 'removed' ? 'destroy' : 'die';
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const finish = () => response.end(`${JSON.stringify({ Error: null, StatusCode: container.state.exitCode })}\n`);
  if (condition === 'not-running' && !container.state.running) {
    finish();
    return;
  }
  const unlisten = events.listen((event) => {
    if (event.id === container.id && event.Action === awaited) finish();
  });
  response.once('close', unlisten);
}
