// The page's entry: joins the desk to the browser (sockets, sound, keys, storage) and draws it.

import { render } from 'preact';
import { createApi } from './api.ts';
import { App } from './app.tsx';
import { startBeat } from './beat.ts';
import { createDesk, type Desk } from './desk.ts';
import { DeskContext } from './desk-context.ts';
import type { SocketLike } from './link.ts';
import { listenToOperator } from './operator-input.ts';
import { startPageSigns, tellInBackground } from './page-signs.ts';
import { loadPreferences } from './preferences.ts';
import { createPlayer } from './sound.ts';

function openSocket(cursor: string | null): SocketLike {
  const url = new URL('/api/v1/desk', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  if (cursor !== null) url.searchParams.set('cursor', cursor);
  // `SocketLike` names the two handlers and `close`; a WebSocket calls them with richer events.
  return new WebSocket(url) as SocketLike;
}

/** `crypto.randomUUID` does not exist on plain http in a local network; random bytes do. */
function idempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

function start(root: HTMLElement): Desk {
  const { version = '', metronome = '' } = document.documentElement.dataset;
  const desk = createDesk({
    api: createApi((url, init) => fetch(url, init), idempotencyKey),
    openSocket,
    player: createPlayer(() => new AudioContext()),
    now: () => Date.now(),
    random: () => Math.random(),
    consoleVersion: version,
    onNews: tellInBackground,
  });
  loadPreferences(storage(), navigator.language);
  startPageSigns(desk);
  listenToOperator(desk);
  startBeat(metronome, () => desk.beat());
  addEventListener('online', () => desk.feed.retry());
  render(
    <DeskContext.Provider value={desk}>
      <App />
    </DeskContext.Provider>,
    root,
  );
  return desk;
}

const root = document.getElementById('console');
if (root !== null) void start(root).session.refresh();
