import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runExecfmt } from '../e2e/run-execfmt.ts';
import { allIncidents } from './incidents/all-incidents.ts';
import { compare } from './incidents/compare.ts';
import { type Answered, configurationOf, diagnoseAll } from './incidents/diagnose-all.ts';
import { lookAround, type World } from './incidents/look-around.ts';
import { mapBounded } from './incidents/map-bounded.ts';
import { SECRET } from './incidents/run-container.ts';
import { closeStage, openStage, type Stage, type Staged } from './incidents/stage.ts';
import { tellStory } from './incidents/tell-story.ts';
import { type PrivateEngine, startPrivateEngine } from './private-engine.ts';
import { type LabRegistry, startRegistry } from './registry.ts';
import { suite } from './requirements.ts';

/** Parts of names, with commas between them, to try some of the incidents only. */
const ONLY = process.env.EXECFMT_INCIDENTS?.split(',');
const incidents = allIncidents.filter(({ id }) => !ONLY || ONLY.some((part) => id.includes(part)));

/** Stories and diagnoses under way at once. */
const AT_ONCE = 4;

/** Diagnosed by the real command too, with the exit status of the contract. */
const BY_COMMAND = { 'answer-key': 1, 'no-shebang': 1, healthy: 0, 'container-gone': 3 };

suite(
  'incidents on a real engine',
  ['engine', 'docker-registry', 'debian-binaries', 'no-emulator', 'x86-64', 'gcc'],
  () => {
    /** What is still wrong of those that are pending, one line each. */
    const pendingNow: string[] = [];
    let engine: PrivateEngine;
    let registry: LabRegistry;
    let before: World;
    let after: World;
    let stage: Stage;
    let told: ReadonlyMap<string, Staged | Error>;
    let answered: ReadonlyMap<string, Answered>;

    beforeAll(async () => {
      registry = await startRegistry();
      engine = await startPrivateEngine();
      stage = openStage(engine.socket, registry);
      const stories = await mapBounded(incidents, AT_ONCE, async (incident) => {
        const staged = await tellStory(stage, incident).catch((error: Error) => error);
        return [incident.id, staged] as const;
      });
      told = new Map(stories);
      before = await lookAround(engine.socket);
      const answers = await diagnoseAll(standing(), AT_ONCE);
      after = await lookAround(engine.socket);
      answered = new Map(answers.map((answer) => [answer.staged.incident.id, answer]));
    }, 300_000);
    afterAll(async () => {
      if (stage) await closeStage(stage);
      engine?.stop();
      await registry?.stop();
      process.stdout.write(
        `${[...pendingNow, `${incidents.length} incidents, ${pendingNow.length} pending`].join('\n')}\n`,
      );
    });

    const standing = () => [...told.values()].filter((staged): staged is Staged => !(staged instanceof Error));

    const answerTo = (id: string): Answered => {
      const staged = told.get(id);
      if (staged instanceof Error) throw staged;
      return answered.get(id)!;
    };

    for (const { id, title, pending } of incidents) {
      it(`${id}: ${title}${pending === undefined ? '' : ` (pending: ${pending})`}`, () => {
        const { document, defect, staged } = answerTo(id);
        const wrong = document ? compare(document, staged) : [defect];
        expect(JSON.stringify(document)).not.toContain(SECRET);
        if (pending === undefined) {
          expect(wrong.map((line) => `${id}: ${line}`)).toEqual([]);
          return;
        }
        pendingNow.push(`pending ${id}: ${wrong.join('; ')}`);
        expect(wrong, `${id} is right now: take its \`pending\` away`).not.toEqual([]);
      });
    }

    it('leaves the host as it was', () => {
      expect(after).toEqual(before);
    });

    const commanded = Object.entries(BY_COMMAND).filter(([id]) => incidents.some((incident) => incident.id === id));
    it.for(commanded)(
      '%s is told by the command too, with exit status %i',
      { timeout: 60_000 },
      async ([id, exitStatus]) => {
        const { staged } = answerTo(id);
        const folder = mkdtempSync(join(tmpdir(), 'execfmt-incident-'));
        try {
          const config = join(folder, 'execfmt.yaml');
          writeFileSync(config, configurationOf(standing()));
          const { status, stdout } = await runExecfmt(['diagnose', id, '--config', config, '--json']);
          expect(compare(JSON.parse(stdout), staged)).toEqual([]);
          expect(status).toBe(exitStatus);
          expect(stdout).not.toContain(SECRET);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
    );
  },
);
