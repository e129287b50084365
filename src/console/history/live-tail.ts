// New readings of the opened home, over a WebSocket of its own: alarms come on another, and the few HTTP connections of
// a browser stay free for claims. Tried again for as long as the home is open, rarely after a refusal (too many, no
// session); it may fail for as long as it likes: nothing waits for it.

import type { LiveReading } from './raster-model.ts';

/** The part of `WebSocket` that is used here. */
export interface LiveSource {
  onopen: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onmessage: ((event: MessageEvent<string>) => void) | null;
  close(): void;
}

export interface LiveTailOptions {
  readonly homeId: string;
  readonly openSource: (path: string) => LiveSource;
  /** `skipped`: we were too slow and readings are missing. */
  readonly onReadings: (readings: readonly LiveReading[], skipped: boolean) => void;
  readonly onConnected: (isConnected: boolean) => void;
}

/** After a connection that stood; after one that never did: the service has eight for one person. */
const RETRY_MS = { lost: 3_000, refused: 30_000 } as const;

/** Returns how to stop it. */
export function followLive({ homeId, openSource, onReadings, onConnected }: LiveTailOptions): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: LiveSource | null = null;
  const connect = (): void => {
    const opened = openSource(`/api/v1/homes/${encodeURIComponent(homeId)}/telemetry/live`);
    source = opened;
    let retryMs: number = RETRY_MS.refused;
    opened.onopen = () => {
      retryMs = RETRY_MS.lost;
      onConnected(true);
    };
    opened.onmessage = ({ data }) => {
      const event = parse(data);
      if (event !== null) onReadings(event.readings, event.skipped);
    };
    opened.onclose = () => {
      onConnected(false);
      timer = setTimeout(connect, retryMs);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    if (source === null) return;
    source.onclose = null;
    source.close();
  };
}

/** Of this page's own service. Browsers of 2022 take no relative address for a WebSocket. */
export function openLiveSocket(path: string): LiveSource {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return new WebSocket(url);
}

function parse(text: string): { readings: readonly LiveReading[]; skipped: boolean } | null {
  try {
    const { readings, skipped } = JSON.parse(text);
    return Array.isArray(readings) ? { readings, skipped: skipped === true } : null;
  } catch {
    return null;
  }
}
