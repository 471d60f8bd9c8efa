import { type Call, isSet, timeOf } from './call.ts';
import { frameOf, type LogLine } from './container-log.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';

/** Answers `GET /containers/{id}/logs`; a follower is told further lines until the container stops or goes away. */
export function sendLogs({ containers, events }: Engine, { query, response, subject }: Call): void {
  const container = containers.get(subject);
  const streams = ['stdout', 'stderr'].filter((stream) => isSet(query, stream));
  if (streams.length === 0) throw new EngineError(400, 'Bad parameters: you must choose at least one stream');
  const since = timeOf(query, 'since') ?? 0;
  const until = timeOf(query, 'until') ?? Number.POSITIVE_INFINITY;
  const wanted = ({ stream, at }: LogLine) => streams.includes(stream) && at >= since && at <= until;
  const tail = query.get('tail') ?? 'all';
  const all = container.log.lines().filter(wanted);
  const lines = /^\d+$/.test(tail) ? all.slice(Math.max(0, all.length - Number(tail))) : all;
  const write = (line: LogLine) => response.write(frameOf(line, isSet(query, 'timestamps')));

  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  response.flushHeaders();
  for (const line of lines) write(line);
  if (!isSet(query, 'follow') || !container.state.running) {
    response.end();
    return;
  }
  const unfollow = container.log.follow((line) => {
    if (wanted(line)) write(line);
  });
  const unlisten = events.listen((event) => {
    if (event.id === container.id && !container.state.running && event.Action !== 'start') response.end();
  });
  response.once('close', () => {
    unfollow();
    unlisten();
  });
}
