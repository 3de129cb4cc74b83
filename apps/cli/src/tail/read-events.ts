// Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

export interface ServerEvent {
  name: string;
  data: string;
  /** The last id of the stream. */
  id: string | undefined;
}

export interface StreamState {
  /** Where to continue after a loss of the connection. */
  lastId: string | undefined;
  /** How long to wait before that. */
  retryMs: number;
}

/** @param state is updated with the stream. @param onBytes is called for every part, heartbeats included. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  state: StreamState,
  onBytes: () => void,
): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    onBytes();
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = readBlock(block, state);
      if (event) yield event;
    }
  }
}

function readBlock(block: string, state: StreamState): ServerEvent | undefined {
  const data: string[] = [];
  let name = 'message';
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') state.lastId = value;
    else if (field === 'retry' && /^\d+$/.test(value)) state.retryMs = Number(value);
  }
  return data.length === 0 ? undefined : { name, data: data.join('\n'), id: state.lastId };
}
