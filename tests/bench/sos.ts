// Benchmark `sos`: from a gateway's socket to an operator's WebSocket, while 1,000 homes report motion.
// Ours: the whole service, everything on disk. Limit: bare Aedes + ws in one process, nothing stored.

import { type Benchmark, type BenchmarkContext, inTurns } from './benchmark.ts';
import { type Figure, figure, quantile } from './figures.ts';
import { Probe } from './probe.ts';
import { type OurTarget, type Target, withTargets } from './targets.ts';

const GATEWAYS = 1_000;
const RATES = [0, 2_000, 10_000] as const;

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
  readonly target: Target;
  readonly probe: Probe;
  /** Bring everything back to where it was before the presses. */
  readonly tidy: () => Promise<void>;
}

export const sosBenchmark: Benchmark = (context) => {
  const length = context.isQuick ? QUICK : FULL;
  return withTargets(context, { gateways: GATEWAYS, probes: length.presses }, async ({ limit, ours }) => {
    const limitSide = { target: limit, probe: await Probe.open(limit), tidy: async () => undefined };
    const ourSide = { target: ours, probe: await Probe.open(ours), tidy: () => closeAlerts(ours) };
    const figures: Figure[] = [];
    for (const perSecond of RATES) {
      const runs = await inTurns(
        length.rounds,
        () => run(context, limitSide, length, perSecond),
        () => run(context, ourSide, length, perSecond),
      );
      figures.push(figure(`sos-p50-at-${perSecond}`, runs.p50), figure(`sos-p99-at-${perSecond}`, runs.p99));
    }
    limitSide.probe.close();
    ourSide.probe.close();
    return figures;
  });
};

async function run(
  context: BenchmarkContext,
  { target, probe, tidy }: Side,
  { presses, meanPauseMs, warmUpMs }: Length,
  perSecond: (typeof RATES)[number],
): Promise<{ p50: number; p99: number }> {
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
  context.say(`  ${target.name} beside ${perSecond}/s: ${figures}`);
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
