import type { IncidentCase } from './incident-case.ts';
import { platformIncidents } from './platform-incidents.ts';

/** Every reconstruction, family by family. */
export const allIncidents: readonly IncidentCase[] = [...platformIncidents];
