/** An event of a server-sent event stream. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** Opens a stream and gives its events one by one. */
export async function openStream(address: string, headers: Readonly<Record<string, string>> = {}) {
  const ending = new AbortController();
  const response = await fetch(address, { headers, signal: ending.signal });
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<StreamEvent> => {
    for (let end = text.indexOf('\n\n'); end < 0; end = text.indexOf('\n\n')) {
      const { value, done } = await reader.read();
      if (done) throw new Error('the stream has ended');
      text += value;
    }
    const end = text.indexOf('\n\n');
    const lines = text.slice(0, end).split('\n');
    text = text.slice(end + 2);
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
    return { event: field('event'), data: field('data') };
  };
  /** The next event of this name; others are passed over. */
  const nextOf = async (event: string): Promise<string> => {
    for (;;) {
      const read = await next();
      if (read.event === event) return read.data;
    }
  };
  return {
    status: response.status,
    header: (name: string) => response.headers.get(name),
    next,
    nextOf,
    close: () => ending.abort(),
  };
}
