import type { Context } from 'hono';
import { PRESS_ACTIONS, type Press } from '../../../src/view/card.ts';
import { equal } from './sessions.ts';

/** In bytes; the largest form of the page is a few hundred. */
const BODY_LIMIT = 16 * 1024;

/** A form that is not taken: the HTTP status and a sentence for the person who sent it. */
export interface FormRefusal {
  readonly status: 400 | 403 | 411 | 413 | 415;
  readonly message: string;
}

export type FormReading = { readonly form: URLSearchParams; readonly delivery: string } | FormRefusal;

/** The fields of a form that a page of ours has sent, whoever looks at it. `origins`: ours, beside the one that was asked. */
export async function readFields(
  context: Context,
  origins: readonly string[],
): Promise<{ readonly form: URLSearchParams } | FormRefusal> {
  const refusal = refuseSender(context, origins) ?? refuseBody(context);
  return refusal ?? { form: new URLSearchParams(await context.req.text()) };
}

/** Takes the fields of a form that this visitor's own page has sent, and no other. */
export async function readForm(context: Context, csrf: string, origins: readonly string[]): Promise<FormReading> {
  const fields = await readFields(context, origins);
  if ('status' in fields) return fields;
  const { form } = fields;
  if (!equal(form.get('csrf') ?? '', csrf)) {
    return {
      status: 403,
      message:
        'This form is from before execfmt was restarted, or from another sign-in. Reload the page and send it again.',
    };
  }
  const delivery = form.get('delivery') ?? '';
  if (!/^[0-9a-f-]{36}$/.test(delivery)) {
    return { status: 400, message: 'The form is incomplete. Reload the page and send it again.' };
  }
  return { form, delivery };
}

/** A browser says where a form comes from; a sender that says nothing is not a browser showing this page. */
function refuseSender({ req }: Context, origins: readonly string[]): FormRefusal | null {
  const origin = req.header('origin');
  const site = req.header('sec-fetch-site');
  const strange =
    (origin === undefined && site === undefined) ||
    (origin !== undefined && origin !== `http://${req.header('host')}` && !origins.includes(origin)) ||
    (site !== undefined && site !== 'same-origin');
  return strange ? { status: 403, message: 'Only this page’s own forms are taken. Nothing was done.' } : null;
}

function refuseBody({ req }: Context): FormRefusal | null {
  if (!/^application\/x-www-form-urlencoded\b/i.test(req.header('content-type') ?? '')) {
    return { status: 415, message: 'Only forms are taken here. Nothing was done.' };
  }
  const length = req.header('content-length');
  if (length === undefined || req.header('transfer-encoding') !== undefined) {
    return { status: 411, message: 'The length of the form is not said. Nothing was done.' };
  }
  return Number(length) > BODY_LIMIT
    ? { status: 413, message: 'That is too long: a form may have 16 KiB. Nothing was done.' }
    : null;
}

/** The press that a form or an address names, or null when it is none of ours. */
export function readPress(run: string, fields: URLSearchParams): Press | null {
  const action = PRESS_ACTIONS.find((candidate) => candidate === fields.get('action'));
  const subject = fields.get('subject') ?? '';
  const hash = fields.get('hash');
  // What belongs to no run can only be a command; all else is looked up in its run.
  if (!action || (run === '' && action !== 'command')) return null;
  if (subject.length > 500 || (hash?.length ?? 0) > 200) return null;
  return { action, run, subject, hash };
}

/** A path of this page to go back to; the start for anything that could lead elsewhere. */
export function localPath(text: string | null): string {
  return text !== null && /^\/(?:runs(?:\/[^/\\?#\s]+)?)?(?:\?[^\\#\s]*)?$/.test(text) ? text : '/';
}
