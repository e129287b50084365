// New readings of the opened home, as Server-Sent Events on a connection of its own. The browser connects again by
// itself when the service ends the stream; after a refusal (429, 503, no session) we ask again later. It may fail for
// as long as it likes: nothing waits for it.

import type { LiveReading } from './raster-model.ts';

export interface LiveSource {
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent<string>) => void) | null;
  readonly readyState: number;
  close(): void;
}

export interface LiveTailOptions {
  readonly homeId: string;
  readonly openSource: (url: string) => LiveSource;
  /** `skipped`: we were too slow and readings are missing. */
  readonly onReadings: (readings: readonly LiveReading[], skipped: boolean) => void;
  readonly onConnected: (isConnected: boolean) => void;
}

const CLOSED = 2;
/** After a refusal; the service has a seat for eight streams per person. */
const RETRY_MS = 30_000;

/** Returns how to stop it. */
export function followLive({ homeId, openSource, onReadings, onConnected }: LiveTailOptions): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: LiveSource | null = null;
  const connect = (): void => {
    const opened = openSource(`/api/v1/homes/${encodeURIComponent(homeId)}/telemetry/live`);
    source = opened;
    opened.onopen = () => onConnected(true);
    opened.onmessage = ({ data }) => {
      const event = parse(data);
      if (event !== null) onReadings(event.readings, event.skipped);
    };
    opened.onerror = () => {
      onConnected(false);
      if (opened.readyState === CLOSED) timer = setTimeout(connect, RETRY_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

function parse(text: string): { readings: readonly LiveReading[]; skipped: boolean } | null {
  try {
    const { readings, skipped } = JSON.parse(text);
    return Array.isArray(readings) ? { readings, skipped: skipped === true } : null;
  } catch {
    return null;
  }
}
