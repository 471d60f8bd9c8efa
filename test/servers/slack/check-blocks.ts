type Json = Record<string, unknown>;

/** Slack's limits (rules S6–S10): characters, counted raw, the way that is kindest to the sender. */
const TEXT = {
  header: 150,
  section: 3000,
  field: 2000,
  button: 75,
  value: 2000,
  url: 3000,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
};
const ALL_BLOCKS = 13_200;

class Refusal extends Error {}

function refuse(why: string): never {
  throw new Refusal(why);
}
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown, most: number, where: string): Json[] => {
  if (!Array.isArray(value) || value.length === 0) return refuse(`${where}: must be a list that is not empty`);
  if (value.length > most) return refuse(`${where}: no more than ${most} items allowed`);
  return value.map((item) => (isObject(item) ? item : refuse(`${where}: not an object`)));
};
const only = (object: Json, keys: readonly string[], where: string) => {
  for (const key of Object.keys(object))
    if (!keys.includes(key)) refuse(`${where}: invalid additional property ${key}`);
};

function checkText(value: unknown, most: number, where: string, types = ['plain_text', 'mrkdwn']): void {
  if (!isObject(value)) refuse(`${where}: missing text object`);
  const { type, text } = value;
  if (typeof type !== 'string' || !types.includes(type)) refuse(`${where}: text type`);
  only(value, type === 'mrkdwn' ? ['type', 'text', 'verbatim'] : ['type', 'text', 'emoji'], where);
  if (typeof text !== 'string' || text.trim() === '') refuse(`${where}: must be more than 0 characters`);
  if (text.length > most) refuse(`${where}: must be less than ${most + 1} characters`);
}

function checkConfirm(value: unknown, where: string): void {
  if (value === undefined) return;
  if (!isObject(value)) refuse(where);
  only(value, ['title', 'text', 'confirm', 'deny', 'style'], where);
  checkText(value.title, TEXT.confirmTitle, `${where}/title`, ['plain_text']);
  checkText(value.text, TEXT.confirmText, `${where}/text`);
  checkText(value.confirm, TEXT.confirmButton, `${where}/confirm`, ['plain_text']);
  checkText(value.deny, TEXT.confirmButton, `${where}/deny`, ['plain_text']);
}

function checkButton(element: Json, seen: Set<unknown>, where: string): void {
  if (element.type !== 'button') refuse(`${where}: unsupported element`);
  only(element, ['type', 'action_id', 'text', 'value', 'style', 'confirm', 'url', 'accessibility_label'], where);
  const { action_id: id, value, style } = element;
  if (typeof id !== 'string' || id.length > 255) refuse(`${where}: action_id`);
  if (seen.has(id)) refuse(`${where}: action_id ${String(id)} already exists`);
  seen.add(id);
  checkText(element.text, TEXT.button, `${where}/text`, ['plain_text']);
  if (value !== undefined && (typeof value !== 'string' || value.length > TEXT.value)) refuse(`${where}/value`);
  if (style !== undefined && style !== 'primary' && style !== 'danger') refuse(`${where}/style`);
  checkConfirm(element.confirm, `${where}/confirm`);
}

function checkRichPiece(piece: Json, where: string): void {
  if (piece.type === 'link') {
    only(piece, ['type', 'url', 'text'], where);
    if (typeof piece.url !== 'string' || !URL.canParse(piece.url) || piece.url.length > TEXT.url)
      refuse(`${where}/url`);
    return;
  }
  if (piece.type !== 'text') refuse(`${where}: unsupported rich text element`);
  only(piece, ['type', 'text', 'style'], where);
  if (typeof piece.text !== 'string' || piece.text === '') refuse(`${where}: must be more than 0 characters`);
}

function checkRichText(element: Json, where: string): void {
  const elements = list(element.elements, Number.MAX_SAFE_INTEGER, where);
  if (element.type === 'rich_text_list') {
    if (element.style !== 'bullet' && element.style !== 'ordered') refuse(`${where}/style`);
    for (const [at, item] of elements.entries()) {
      if (item.type !== 'rich_text_section') refuse(`${where}/${at}: not a section`);
      checkRichText(item, `${where}/${at}`);
    }
    return;
  }
  if (element.type !== 'rich_text_section' && element.type !== 'rich_text_preformatted') refuse(where);
  for (const [at, piece] of elements.entries()) checkRichPiece(piece, `${where}/${at}`);
}

function checkSection(block: Json, where: string): void {
  if (block.text === undefined && block.fields === undefined) refuse(`${where}: text or fields`);
  if (block.text !== undefined) checkText(block.text, TEXT.section, `${where}/text`);
  if (block.fields === undefined) return;
  for (const field of list(block.fields, 10, `${where}/fields`)) checkText(field, TEXT.field, `${where}/fields`);
}

function checkBlock(block: Json, actions: Set<unknown>, where: string): void {
  switch (block.type) {
    case 'header':
      checkText(block.text, TEXT.header, `${where}/text`, ['plain_text']);
      return;
    case 'section':
      checkSection(block, where);
      return;
    case 'context':
      for (const each of list(block.elements, 10, where)) checkText(each, TEXT.section, where);
      return;
    case 'actions':
      for (const each of list(block.elements, 25, where)) checkButton(each, actions, where);
      return;
    case 'rich_text':
      for (const each of list(block.elements, Number.MAX_SAFE_INTEGER, where)) checkRichText(each, where);
      return;
    case 'divider':
      return;
    default:
      refuse(`${where}: unsupported type`);
  }
}

/** What Slack answers to these blocks of a message: an error and where, or null when it takes them. */
export function checkBlocks(blocks: unknown): { readonly error: string; readonly where: string } | null {
  if (blocks === undefined) return null;
  try {
    if (!Array.isArray(blocks)) return { error: 'invalid_blocks_format', where: 'not a list' };
    if (blocks.length > 50) refuse('no more than 50 items allowed [json-pointer:/blocks]');
    const ids = new Set<unknown>();
    const actions = new Set<unknown>();
    for (const [at, block] of blocks.entries()) {
      if (!isObject(block)) return refuse(`/blocks/${at}`);
      const id = block.block_id;
      if (id !== undefined && (typeof id !== 'string' || id.length > 255 || ids.has(id)))
        refuse(`/blocks/${at}/block_id`);
      if (id !== undefined) ids.add(id);
      checkBlock(block, actions, `/blocks/${at}`);
    }
    if (JSON.stringify(blocks).length > ALL_BLOCKS) return { error: 'msg_blocks_too_long', where: '/blocks' };
    return null;
  } catch (error) {
    if (error instanceof Refusal) return { error: 'invalid_blocks', where: error.message };
    throw error;
  }
}
