// The window as it was when the log ended: the saved copy, and from the log what came after it. In the writer's
// thread, before there is anything to write: a million entries take more than a second, in which the main thread opens
// everything else.

import type { LogState } from './sequencer.ts';
import type { RestoredWindow, RestoreWindowRequest } from './sqlite-protocol.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { IdentityWindow } from './window.ts';
import { loadWindow } from './window-file.ts';

/** @throws LogError 'data-file-corrupt' */
export function restoreWindow(
  { file, windowFile, identitiesPerSource }: RestoreWindowRequest,
  { firstOffset, lastOffset }: LogState,
): RestoredWindow {
  const reader = new SqliteReader(file);
  try {
    const saved = loadWindow(windowFile, identitiesPerSource, (offset) => reader.checksumAt(offset));
    const window = saved?.window ?? new IdentityWindow(identitiesPerSource);
    const afterOffset = Math.max(saved?.scanAfterOffset ?? 0, firstOffset - 1);
    reader.restoreIdentities(window, afterOffset, lastOffset);
    return { window: window.memory(), unsavedEntries: lastOffset - afterOffset };
  } finally {
    reader.close();
  }
}
