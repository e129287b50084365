// Promise P3: a fresh core over the final log gives, to the byte, the effects that were recorded through all crashes
// and snapshots. The one place of the audit that runs the core; it judges nothing else.

import { Engine } from '#core/engine.ts';
import type { Effect } from '#core/model/effect.ts';
import type { Entry } from '#core/model/entry.ts';
import type { Verdict } from './verdict.ts';

export class Replay {
  readonly #engine = new Engine();
  readonly #verdict: Verdict;

  constructor(verdict: Verdict) {
    this.#verdict = verdict;
  }

  take(entry: Entry, recorded: readonly Effect[]): void {
    const replayed = this.#engine.step(entry);
    if (replayed.length === 0 && recorded.length === 0) return;
    this.#verdict.count('effects');
    if (JSON.stringify(replayed) === JSON.stringify(recorded)) return;
    const text = `offset ${entry.offset}: recorded ${show(recorded)}, a replay gives ${show(replayed)}`;
    this.#verdict.report('disorder', null, entry.atMs, text);
  }
}

function show(effects: readonly Effect[]): string {
  return effects
    .map((effect) => (effect.type === 'alert' ? `${effect.change} ${effect.alert.id}` : effect.type))
    .join();
}
