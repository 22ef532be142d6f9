/** One event of a stream of server-sent events. */
export interface StreamEvent {
  event: string;
  data: string;
  /** Where the stream then stands. */
  id: string;
}

/** `refused`: the server does not know who asks, and asking again would not help. */
export type Connection = 'connecting' | 'live' | 'broken' | 'refused';

// The server says something every 15 s; silence for longer is a broken line.
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Follows a stream from `lastId` on, and again from the last event after every break, until the answered function is
 * called. Unlike `EventSource` it sees who refuses, notices silence, and goes on after any failure.
 */
export function followEvents(
  address: string,
  {
    lastId,
    onEvent,
    onConnection,
  }: { lastId: string; onEvent(event: StreamEvent): void; onConnection(state: Connection): void },
): () => void {
  let id = lastId;
  let stopped = false;
  let pauseMs = FIRST_PAUSE_MS;
  let line = new AbortController();
  let wake = () => {};

  async function followOnce(): Promise<Connection> {
    line = new AbortController();
    let silence = setTimeout(() => line.abort(), SILENCE_MS);
    try {
      const response = await fetch(address, {
        headers: { accept: 'text/event-stream', 'last-event-id': id },
        cache: 'no-store',
        signal: line.signal,
      });
      // No stream for whoever asks, and none if they ask again.
      if (response.status === 204) return 'refused';
      if (!response.ok || !response.body) return 'broken';
      pauseMs = FIRST_PAUSE_MS;
      onConnection('live');
      let rest = '';
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(silence);
        silence = setTimeout(() => line.abort(), SILENCE_MS);
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const event = readEvent(block);
          if (!event) continue;
          id = event.id || id;
          onEvent(event);
        }
      }
      return 'broken';
    } catch {
      return 'broken';
    } finally {
      clearTimeout(silence);
    }
  }

  async function follow(): Promise<void> {
    while (!stopped) {
      const ended = await followOnce();
      if (stopped) return;
      onConnection(ended);
      if (ended === 'refused') return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, pauseMs * (0.75 + Math.random() / 2));
      });
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  const tryNow = () => wake();
  const lineGone = () => line.abort();
  addEventListener('online', tryNow);
  addEventListener('offline', lineGone);
  void follow();
  return () => {
    stopped = true;
    removeEventListener('online', tryNow);
    removeEventListener('offline', lineGone);
    line.abort();
    wake();
  };
}

function readEvent(block: string): StreamEvent | undefined {
  const read = { event: 'message', data: '', id: '' };
  for (const row of block.split('\n')) {
    const [, field, value = ''] = /^(event|data|id): ?(.*)$/.exec(row) ?? [];
    if (field === 'event' || field === 'data' || field === 'id') read[field] = value;
  }
  return read.data === '' ? undefined : read;
}
