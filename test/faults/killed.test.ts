import { afterEach, expect, it } from 'vitest';
import { startServe } from '../e2e/run-execfmt.ts';
import { APPROVER, parentOf, replyWith, textOf } from '../e2e/slack-stage.ts';
import { startSlack } from '../servers/slack/start-slack.ts';
import { startEstate } from './start-estate.ts';

// A diagnosis and an action that are killed in their middle: test/e2e/restart.test.ts.

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startAll() {
  const estate = await startEstate();
  ends.push(() => estate.stop());
  const slack = await startSlack();
  ends.push(() => slack.close());
  const env = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl };
  const serving = await startServe({ configuration: estate.configuration(1, [`slack:${APPROVER}`]), env });
  ends.push(() => serving.remove());
  return { slack, serving };
}

it('kill -9 while a plan waits for its approval: the same card takes it afterwards', { timeout: 120_000 }, async () => {
  const { slack, serving } = await startAll();
  await slack.command('svc-0');
  const parent = await parentOf(slack);
  await slack.press(await replyWith(slack, parent, 'It will not run'), 'Roll back to v2');
  const plan = await replyWith(slack, parent, 'Roll back svc-0 to v2?');
  const told = slack.thread(parent.ts).length;
  await serving.kill();
  await serving.restart();
  expect(slack.thread(parent.ts).filter((each) => textOf(each).includes('Roll back svc-0 to v2?'))).toHaveLength(1);
  expect(slack.thread(parent.ts)).toHaveLength(told);
  await slack.press(plan, 'Approve', { user: APPROVER });
  await replyWith(slack, parent, 'Recovered');
  expect(slack.messages()).toHaveLength(1);
});
