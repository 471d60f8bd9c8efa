import { connect } from '../../../adapters/estate/docker/connect.ts';
import { createDockerSwapper } from '../../../adapters/estate/docker/image-swapper.ts';
import { systemClock } from '../../../adapters/system/clock.ts';

/** `node look-without-permission.ts <socket>`, as a user who may not use it: says what becomes of the first look of an action. */
const client = connect({ docker: `unix://${process.argv[2] ?? ''}` });
const swapper = createDockerSwapper({ name: 'bench-01', client, clock: systemClock });
const where = { kind: 'docker', host: 'bench-01', container: 'web' } as const;
process.stdout.write(JSON.stringify(await swapper.current(where, new AbortController().signal)));
