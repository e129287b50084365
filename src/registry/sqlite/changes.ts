// Every change of the roster goes through here, one after the other: transaction, then memory and core, in the
// order of the commits. A change names the homes and gateways it may touch; their configuration is compared before
// and after, so a revision grows exactly when the core would read something else.
// A listener that fails makes the change fail for the caller although it is stored: the core is told at the next
// start by `configurations()`, and the caller must not believe that the watch has begun.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GatewayConfiguration, HomeConfiguration } from '#core/model/home.ts';
import { type ConfigurationChange, RegistryError } from '#registry/registry.ts';
import { gatewayConfiguration, homeConfiguration } from './configuration.ts';
import { entryFields, type MemoryDirectory } from './directory.ts';
import { type HomeLabels, readLabel } from './labels.ts';
import { refreshRiskFactor, yearOf } from './risk.ts';
import type { Database, Tx } from './schema.ts';

/** The part of a logger that the registry needs; pino fits. */
export interface RegistryLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type ChangeListener = (change: ConfigurationChange) => Promise<void>;

interface Parts {
  readonly db: Database;
  readonly directory: MemoryDirectory;
  readonly labels: HomeLabels;
  readonly nowMs: () => number;
  readonly log: RegistryLog | undefined;
}

/** One change in work: its transaction, what it touches, and what happens in memory once it is committed. */
export class RosterChange {
  readonly tx: Tx;
  readonly homesBefore = new Map<string, HomeConfiguration | null>();
  /** Told even if the tables read the same as at the beginning of the change: a district above was changed before. */
  readonly homesToRevise = new Set<string>();
  readonly gatewaysBefore = new Map<string, GatewayConfiguration | null>();
  readonly whenCommitted: (() => void)[] = [];

  constructor(tx: Tx) {
    this.tx = tx;
  }

  /** Must come before the first statement that changes the home, its elders or devices. */
  async watchHome(homeId: string): Promise<void> {
    if (!this.homesBefore.has(homeId)) this.homesBefore.set(homeId, await homeConfiguration(this.tx, homeId));
  }

  async reviseHome(homeId: string): Promise<void> {
    await this.watchHome(homeId);
    this.homesToRevise.add(homeId);
  }

  /** Must come before the first statement that changes the gateway. */
  async watchGateway(gatewayId: string): Promise<void> {
    if (this.gatewaysBefore.has(gatewayId)) return;
    this.gatewaysBefore.set(gatewayId, await gatewayConfiguration(this.tx, gatewayId));
  }

  onCommit(effect: () => void): void {
    this.whenCommitted.push(effect);
  }
}

export class Changes {
  readonly #parts: Parts;
  readonly #listeners: ChangeListener[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  listen(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** Run `work` in a transaction and answer what `result` reads at its end; resolves when the core knows. */
  async run<T>(work: (change: RosterChange) => Promise<void>, result: (tx: Tx) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#commit(work, result));
    // The next change waits for this one's commit, not for the core, and not in vain when it fails. Between two the
    // event loop turns: a thousand changes at once are a thousand short stops for the alarms, not one of seconds.
    this.#last = turn.catch(() => undefined).then(() => nextTurn());
    const { value, told } = await turn;
    await this.#awaitCore(told);
    return value;
  }

  /** Resolves when every change begun so far is committed or failed. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #commit<T>(work: (change: RosterChange) => Promise<void>, result: (tx: Tx) => Promise<T>) {
    const committed = await this.#parts.db.transaction().execute(async (tx) => {
      const change = new RosterChange(tx);
      await work(change);
      const changed = [...(await this.#finishHomes(change)), ...(await this.#finishGateways(change))];
      return { value: await result(tx), changed, effects: change.whenCommitted };
    });
    // From here to the end without an await: the core takes its place in the log before the ingest knows a new
    // device, so no reading can be in the log before the configuration that explains it.
    const told = committed.changed.flatMap((change) =>
      this.#listeners.map((listener) => tell(listener, change)),
    );
    for (const effect of committed.effects) effect();
    return { value: committed.value, told };
  }

  async #finishHomes(change: RosterChange): Promise<ConfigurationChange[]> {
    const { labels, nowMs } = this.#parts;
    const changed: ConfigurationChange[] = [];
    for (const [homeId, before] of change.homesBefore) {
      await refreshRiskFactor(change.tx, homeId, yearOf(nowMs()));
      const after = await homeConfiguration(change.tx, homeId);
      const label = await readLabel(change.tx, homeId);
      change.onCommit(() => labels.put(homeId, label));
      const configuration = await revised(before, after, {
        isForced: change.homesToRevise.has(homeId),
        removed: (last) => ({ ...last, devices: [], isWatched: false }),
        bump: (revision) => setRevision(change.tx, 'homes', { id: homeId, revision }),
      });
      if (configuration === null) continue;
      if (after === null) await remember(change.tx, 'home', configuration.home, configuration);
      changed.push({ type: 'home', configuration });
    }
    return changed;
  }

  async #finishGateways(change: RosterChange): Promise<ConfigurationChange[]> {
    const { directory } = this.#parts;
    const changed: ConfigurationChange[] = [];
    for (const [gatewayId, before] of change.gatewaysBefore) {
      const after = await gatewayConfiguration(change.tx, gatewayId);
      const fields = await entryFields(change.tx, gatewayId);
      change.onCommit(() => (fields === null ? directory.remove(gatewayId) : directory.put(fields)));
      const configuration = await revised(before, after, {
        isForced: false,
        removed: (last) => ({ ...last, isWatched: false }),
        bump: (revision) => setRevision(change.tx, 'gateways', { id: gatewayId, revision }),
      });
      if (configuration === null) continue;
      if (after === null) await remember(change.tx, 'gateway', configuration.gateway, configuration);
      changed.push({ type: 'gateway', configuration });
    }
    return changed;
  }

  async #awaitCore(told: readonly Promise<void>[]): Promise<void> {
    const outcomes = await Promise.allSettled(told);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed === undefined) return;
    this.#parts.log?.error({ err: failed.reason }, 'configuration stored but not told to the core');
    throw new Error('the change is stored, but the core could not be told before the next start', {
      cause: failed.reason,
    });
  }
}

/** A listener that throws before its first await fails like one that rejects, and stops no other. */
async function tell(listener: ChangeListener, change: ConfigurationChange): Promise<void> {
  await listener(change);
}

/** What the core must be told, with its revision; null when it would read the same as before. */
async function revised<C extends { readonly revision: number }>(
  before: C | null,
  after: C | null,
  how: {
    readonly isForced: boolean;
    readonly removed: (last: C) => C;
    readonly bump: (revision: number) => Promise<void>;
  },
): Promise<C | null> {
  if (before === null) return after;
  const revision = before.revision + 1;
  if (after === null) return { ...how.removed(before), revision };
  if (!how.isForced && JSON.stringify(before) === JSON.stringify(after)) return null;
  await how.bump(revision);
  return { ...after, revision };
}

async function setRevision(
  tx: Tx,
  table: 'homes' | 'gateways',
  to: { readonly id: string; readonly revision: number },
): Promise<void> {
  const { revision } = to;
  if (table === 'homes')
    await tx.updateTable('homes').set({ revision }).where('home_id', '=', to.id).execute();
  else await tx.updateTable('gateways').set({ revision }).where('gateway_id', '=', to.id).execute();
}

async function remember(
  tx: Tx,
  type: 'home' | 'gateway',
  number: number,
  configuration: HomeConfiguration | GatewayConfiguration,
): Promise<void> {
  await tx
    .insertInto('removed')
    .values({ type, number, configuration: JSON.stringify(configuration) })
    .execute();
}

/** @throws RegistryError missing-parent when `found` is missing */
export function requireParent(found: unknown, what: string): void {
  if (found === undefined) throw new RegistryError('missing-parent', `${what} does not exist`);
}

/** @throws RegistryError not-found when `row` is missing */
export function requireRow<T>(row: T | undefined | null, what: string): T {
  if (row === undefined || row === null) throw new RegistryError('not-found', `${what} does not exist`);
  return row;
}

/** @throws RegistryError conflict when `found` exists */
export function requireFree(found: unknown, what: string): void {
  if (found !== undefined && found !== null) throw new RegistryError('conflict', `${what} is taken`);
}

/** @throws RegistryError in-use when `found` exists */
export function requireUnused(found: unknown, what: string): void {
  if (found !== undefined && found !== null) throw new RegistryError('in-use', what);
}
