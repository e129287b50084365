// Benchmark `sos`: from a gateway's socket to an operator's WebSocket, while 1,000 homes report motion.
// Ours: the whole service, everything on disk. Limit: bare Aedes + ws in one process, nothing stored. At one rate the
// service is measured a second time with a telemetry store that never answers, beside the same limit.

import { type Benchmark, type BenchmarkContext, inTurns } from './benchmark.ts';
import { type Figure, figure, quantile } from './figures.ts';
import { Probe } from './probe.ts';
import { openSilentStore, type SilentStore } from './silent-store.ts';
import { type OurTarget, type Target, type Targets, withTargets } from './targets.ts';

const GATEWAYS = 1_000;
const RATES = [0, 2_000, 10_000] as const;
/** Ordinary traffic of a large city: what piles up behind the dead store is what would in an outage. */
const STORE_DOWN_RATE = 2_000;

interface Length {
  readonly rounds: number;
  readonly presses: number;
  readonly meanPauseMs: number;
  readonly warmUpMs: number;
}
/** 400 presses in 4 s: the p99 of a run is its fifth slowest. */
const FULL: Length = { rounds: 5, presses: 400, meanPauseMs: 10, warmUpMs: 1_000 };
const QUICK: Length = { rounds: 1, presses: 20, meanPauseMs: 10, warmUpMs: 200 };

interface Side {
  readonly name: string;
  readonly target: Target;
  readonly probe: Probe;
  /** Bring everything back to where it was before the presses. */
  readonly tidy: () => Promise<void>;
}

export const sosBenchmark: Benchmark = async (context) => {
  const length = context.isQuick ? QUICK : FULL;
  const size = { gateways: GATEWAYS, probes: length.presses };
  const store = await openSilentStore();
  try {
    return await withTargets(context, size, (targets) => measure(context, targets, { length, store }));
  } finally {
    await store.close();
  }
};

interface Round {
  readonly length: Length;
  readonly store: SilentStore;
}

async function measure(
  context: BenchmarkContext,
  { limit, ours, another }: Targets,
  { length, store }: Round,
): Promise<Figure[]> {
  const blind = await another(store.environment);
  const limitSide = {
    name: 'limit',
    target: limit,
    probe: await Probe.open(limit),
    tidy: async () => undefined,
  };
  const ourSide = {
    name: 'ours',
    target: ours,
    probe: await Probe.open(ours),
    tidy: () => closeAlerts(ours),
  };
  const blindSide = {
    name: 'ours, store down',
    target: blind,
    probe: await Probe.open(blind),
    tidy: () => closeAlerts(blind),
  };
  const figures: Figure[] = [];
  for (const perSecond of RATES) {
    const isBeside = perSecond === STORE_DOWN_RATE;
    const take = (side: Side) => run(context, side, length, perSecond);
    // The same runs of the limit for both, so that the two can be compared with each other.
    const runs = await inTurns(
      length.rounds,
      async () => both(await take(limitSide), null),
      async () => both(await take(ourSide), isBeside ? await take(blindSide) : null),
    );
    figures.push(figure(`sos-p50-at-${perSecond}`, runs.p50), figure(`sos-p99-at-${perSecond}`, runs.p99));
    if (!isBeside) continue;
    await checkIsDown(blind, store);
    figures.push(
      figure(`sos-p50-at-${perSecond}-store-down`, runs.p50StoreDown),
      figure(`sos-p99-at-${perSecond}-store-down`, runs.p99StoreDown),
    );
  }
  for (const { probe } of [limitSide, ourSide, blindSide]) probe.close();
  return figures;
}

interface Delays {
  readonly p50: number;
  readonly p99: number;
}

/** Where nothing else was measured with the store down, it is what it is. */
function both(usual: Delays, storeDown: Delays | null) {
  const { p50, p99 } = storeDown ?? usual;
  return { ...usual, p50StoreDown: p50, p99StoreDown: p99 };
}

/** @throws Error when the service did not notice: then nothing was measured */
async function checkIsDown({ api }: OurTarget, store: SilentStore): Promise<void> {
  const status = await api.get<{ isReachable: boolean; behindEntries: number }>('/telemetry');
  if (store.connectionCount() === 0 || status.isReachable || status.behindEntries === 0)
    throw new Error(`the telemetry store was not down: ${JSON.stringify(status)}`);
}

async function run(
  context: BenchmarkContext,
  { name, target, probe, tidy }: Side,
  { presses, meanPauseMs, warmUpMs }: Length,
  perSecond: (typeof RATES)[number],
): Promise<Delays> {
  // Longer than the presses take on a busy machine: the last one must meet the same load as the first.
  const measureMs = presses * meanPauseMs * 1.5;
  const load = { messagesPerSecond: perSecond, warmUpMs, measureMs };
  const background = perSecond === 0 ? null : target.load.call('paced', load);
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  const delaysMs = await probe.press({ count: presses, meanPauseMs });
  await background;
  await tidy();
  const result = { p50: quantile(delaysMs, 0.5), p99: quantile(delaysMs, 0.99) };
  const figures = `p50 ${result.p50.toFixed(2)}, p99 ${result.p99.toFixed(2)} ms`;
  context.say(`  ${name} beside ${perSecond}/s: ${figures}`);
  return result;
}

interface OpenAlert {
  readonly id: string;
  readonly claim: { readonly token: number };
}

/** Claim and close all, as an operator does, so that the next press of each button is a new alert. */
async function closeAlerts({ api }: OurTarget): Promise<void> {
  const open: OpenAlert[] = await Array.fromAsync(api.all<OpenAlert>('/alerts?handling=raised,claimed'));
  for (const { id } of open) {
    const path = `/alerts/${encodeURIComponent(id)}`;
    const { alert } = await api.post<{ alert: OpenAlert }>(`${path}/claim`, {});
    const outcome = { token: alert.claim.token, code: 'ACCIDENTAL', detail: 'press' };
    await api.post(`${path}/close`, outcome);
  }
}
