import { statSync } from 'node:fs';

const LOCAL_SOCKET = '/var/run/docker.sock';

/** The engine that the docker command would use here: DOCKER_HOST, else the usual socket when it is there. */
export function localEngine(): string | null {
  const named = process.env.DOCKER_HOST;
  if (named && /^(unix|tcp|ssh):\/\//.test(named)) return named;
  return statSync(LOCAL_SOCKET, { throwIfNoEntry: false })?.isSocket() ? `unix://${LOCAL_SOCKET}` : null;
}
