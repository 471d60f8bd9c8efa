import { type Args, fail, type Result, text } from './results.ts';
import type { World } from './world.ts';

type Json = Record<string, unknown>;

/** Limits of modals (S7, S8, S15), characters. */
const MOST = { title: 24, button: 24, metadata: 3000, callback: 255, label: 2000, input: 3000, placeholder: 150 };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isPlain(value: unknown, most: number): boolean {
  if (!isObject(value) || value.type !== 'plain_text' || typeof value.text !== 'string') return false;
  return value.text.trim() !== '' && value.text.length <= most;
}

const isLimit = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;

/** What is wrong with a block of a modal, or null. */
function refuseBlock(block: unknown): string | null {
  if (!isObject(block)) return 'not an object';
  if (block.type === 'section') return isPlain(block.text, 3000) ? null : 'section';
  if (block.type !== 'input') return 'unsupported type';
  const { element, label, optional } = block;
  if (!isPlain(label, MOST.label)) return 'label';
  if (optional !== undefined && typeof optional !== 'boolean') return 'optional';
  if (!isObject(element) || element.type !== 'plain_text_input') return 'element';
  if (typeof element.action_id !== 'string' || typeof block.block_id !== 'string') return 'action_id, block_id';
  const { max_length: most, placeholder } = element;
  if (most !== undefined && (!isLimit(most) || most > MOST.input)) return 'max_length';
  return placeholder === undefined || isPlain(placeholder, MOST.placeholder) ? null : 'placeholder';
}

/** What is wrong with a modal, as a JSON pointer or a word; null when Slack takes it. */
function refuseView(view: unknown): string | null {
  if (!isObject(view) || view.type !== 'modal') return '/type';
  if (!isPlain(view.title, MOST.title)) return '/title';
  for (const name of ['submit', 'close'] as const) {
    if (view[name] !== undefined && !isPlain(view[name], MOST.button)) return `/${name}`;
  }
  if (text(view.private_metadata).length > MOST.metadata) return '/private_metadata';
  if (typeof view.callback_id !== 'string' || view.callback_id.length > MOST.callback) return '/callback_id';
  const { blocks } = view;
  if (!Array.isArray(blocks) || blocks.length === 0 || blocks.length > 100) return '/blocks';
  if (blocks.some((block) => isObject(block) && block.type === 'input') && view.submit === undefined) return '/submit';
  for (const [at, block] of blocks.entries()) {
    const why = refuseBlock(block);
    if (why !== null) return `/blocks/${at}: ${why}`;
  }
  return null;
}

/** `views.open`: a modal for the one whose press gave the trigger. */
export function openView(world: World, args: Args): Result {
  const trigger = world.triggers.spend(text(args.trigger_id));
  if ('error' in trigger) return fail(trigger.error);
  const refused = refuseView(args.view);
  if (refused !== null) {
    return fail('invalid_arguments', {
      response_metadata: { messages: [`[ERROR] invalid view [json-pointer:${refused}]`] },
    });
  }
  const view = { id: `V0${world.serial()}`, user: trigger.user, view: args.view as Json, open: true };
  world.views.push(view);
  return { ok: true, view: { ...view.view, id: view.id } };
}
