import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { configurationPage } from './configuration-page.ts';

// `npm run docs`: writes the pages that are made from the sources.
writeFileSync(resolve(import.meta.dirname, '../../docs/configuration.md'), configurationPage(configJsonSchema()));
