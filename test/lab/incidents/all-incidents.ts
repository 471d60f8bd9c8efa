import { cursedIncidents } from './cursed-incidents.ts';
import { damageIncidents } from './damage-incidents.ts';
import { entrypointIncidents } from './entrypoint-incidents.ts';
import { formatIncidents } from './format-incidents.ts';
import { hostIncidents } from './host-incidents.ts';
import type { IncidentCase } from './incident-case.ts';
import { libraryIncidents } from './library-incidents.ts';
import { loaderIncidents } from './loader-incidents.ts';
import { metadataIncidents } from './metadata-incidents.ts';
import { missingEvidence } from './missing-evidence.ts';
import { otherFailures } from './other-failures.ts';
import { platformIncidents } from './platform-incidents.ts';
import { registryIncidents } from './registry-incidents.ts';
import { rollbackIncidents } from './rollback-incidents.ts';
import { scriptIncidents } from './script-incidents.ts';
import { severalIncidents } from './several-incidents.ts';

/** Every reconstruction, family by family. */
export const allIncidents: readonly IncidentCase[] = [
  ...platformIncidents,
  ...metadataIncidents,
  ...registryIncidents,
  ...rollbackIncidents,
  ...scriptIncidents,
  ...formatIncidents,
  ...loaderIncidents,
  ...libraryIncidents,
  ...entrypointIncidents,
  ...hostIncidents,
  ...damageIncidents,
  ...cursedIncidents,
  ...severalIncidents,
  ...otherFailures,
  ...missingEvidence,
];
