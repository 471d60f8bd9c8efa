import type { Dispatcher } from 'undici';

/** What came back: its status and headers, and its body, which is not read yet. */
export type Reply = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;
