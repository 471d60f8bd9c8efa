import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine } from './engine.ts';
import { allIncidents } from './incidents/all-incidents.ts';
import { compare } from './incidents/compare.ts';
import { type Answered, diagnoseAll } from './incidents/diagnose-all.ts';
import { mapBounded } from './incidents/map-bounded.ts';
import { SECRET } from './incidents/run-container.ts';
import { closeStage, openStage, type Stage } from './incidents/stage.ts';
import { tellStory } from './incidents/tell-story.ts';
import { type LabRegistry, startRegistry } from './registry.ts';
import { suite } from './requirements.ts';

const ONLY = process.env.EXECFMT_INCIDENT;
const incidents = allIncidents.filter(({ id }) => !ONLY || ONLY.split(',').some((part) => id.includes(part)));
const AT_ONCE = 4;

suite(
  'incidents on a real engine',
  ['engine', 'docker-registry', 'debian-binaries', 'no-emulator', 'x86-64', 'gcc'],
  () => {
    let registry: LabRegistry;
    let stage: Stage;
    let answered: ReadonlyMap<string, Answered>;
    let broken: ReadonlyMap<string, Error>;

    beforeAll(async () => {
      const [engine, started] = await Promise.all([startEngine(), startRegistry()]);
      registry = started;
      stage = openStage(engine, registry);
      const began = performance.now();
      const stories = await mapBounded(incidents, AT_ONCE, async (incident) => {
        const staged = await tellStory(stage, incident).catch((error: Error) => error);
        return { id: incident.id, staged };
      });
      const staged = stories.flatMap((story) => (story.staged instanceof Error ? [] : [story.staged]));
      broken = new Map(stories.flatMap(({ id, staged }) => (staged instanceof Error ? [[id, staged]] : [])));
      const told = performance.now();
      const answers = await diagnoseAll(staged, AT_ONCE);
      process.stdout.write(
        `staged in ${Math.round(told - began)} ms, diagnosed in ${Math.round(performance.now() - told)} ms\n`,
      );
      answered = new Map(answers.map((answer) => [answer.staged.incident.id, answer]));
    }, 300_000);
    afterAll(async () => {
      if (stage) await closeStage(stage);
      await registry?.stop();
    });

    for (const { id, title, pending } of incidents) {
      it(`${id}: ${title}`, () => {
        const story = broken.get(id);
        if (story) throw story;
        const { document, defect, staged } = answered.get(id)!;
        const wrong = document ? compare(document, staged) : [defect];
        expect(JSON.stringify(document)).not.toContain(SECRET);
        if (pending === undefined) expect(wrong.map((line) => `${id}: ${line}`)).toEqual([]);
        else expect(wrong, `${id} is right now: take its \`pending\` away`).not.toEqual([]);
      });
    }
  },
);
