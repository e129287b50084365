// Benchmark `core`: events per second of the engine with all rules on, and what a home costs in memory; beside it what
// others would have built (core-peers.ts). Limit of all: a loop over typed arrays with nothing of a product in it
// (core-limit.ts), on the same events.

import type { Benchmark } from './benchmark.ts';
import { PEERS, type PeerName } from './core-peers.ts';
import type { PeerProgram, PeerRun } from './core-peers-run.ts';
import type { CoreProgram, CoreRun } from './core-run.ts';
import { type Figure, figure, isFigureName } from './figures.ts';
import { launch } from './remote.ts';

const SIZES = [1_000, 100_000, 1_000_000] as const;
/** A quick run ends here. */
const QUICK_SIZE_MAX = 1_000;
/** At more homes the peers run only with `--full`: a million actors take minutes and 5 GB. */
const PEER_SIZE_MAX = 100_000;

const FULL = { chunks: 8, eventsPerChunk: 300_000 };
const QUICK = { chunks: 1, eventsPerChunk: 10_000 };
/** The slower one is, the fewer events: each gets a second or two. */
const PEER_EVENTS: Readonly<Record<PeerName, number>> = {
  'timer-per-home': 300_000,
  rxjs: 100_000,
  xstate: 50_000,
  'json-rules-engine': 20_000,
};

export const coreBenchmark: Benchmark = async ({ say, isQuick, isFull }) => {
  const figures: Figure[] = [];
  for (const homes of SIZES.filter((size) => !isQuick || size <= QUICK_SIZE_MAX)) {
    const { ours, limit, ourBytes, limitBytes, effectCount, cutMs, copyMs } = await measure({
      homes,
      ...(isQuick ? QUICK : FULL),
    });
    say(
      `  ${homes} homes: ours ${millions(ours)}, limit ${millions(limit)} M events/s; ${effectCount} effects`,
    );
    figures.push(
      figure(`core-rate-${homes}`, { ours, limit }),
      figure(`core-bytes-per-home-${homes}`, { ours: [ourBytes / homes], limit: [limitBytes / homes] }),
      figure(`core-snapshot-cut-${homes}`, { ours: cutMs, limit: copyMs }),
    );
    if (homes > PEER_SIZE_MAX && !isFull) continue;
    for (const peer of Object.keys(PEERS) as PeerName[]) {
      const name = `core-peer-${peer}-${homes}`;
      // RxJS takes 14 kB per home (`limits.md` section 5): at a million more than most machines have to spare.
      if (!isFigureName(name)) continue;
      const eventsPerChunk = isQuick ? 1_000 : PEER_EVENTS[peer];
      const { rates, bytesPerHome } = await measurePeer({
        peer,
        homes,
        chunks: isQuick ? 1 : 4,
        eventsPerChunk,
      });
      say(
        `  ${homes} homes: ${peer} ${millions(rates)} M events/s, ${Math.round(bytesPerHome)} bytes per home`,
      );
      figures.push(figure(name, { ours: rates, limit }));
    }
  }
  return figures;
};

async function measurePeer(run: PeerRun) {
  const program = launch<PeerProgram>('core-peers-run.ts');
  try {
    return await program.call('measure', run);
  } finally {
    await program.stop();
  }
}

async function measure(run: CoreRun) {
  const program = launch<CoreProgram>('core-run.ts');
  try {
    return await program.call('measure', run);
  } finally {
    await program.stop();
  }
}

function millions(rates: readonly number[]): string {
  return rates.map((rate) => (rate / 1e6).toFixed(2)).join(' ');
}
