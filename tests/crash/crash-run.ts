// One run: the service under load, killed again and again, and an audit every few kills and at the end. The harness
// stays alive, so its ledger is complete; it ends at the first audit that finds something and keeps the folder.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Alert } from '#core/model/alert.ts';
import { ApiClient } from '../../simulators/api-client.ts';
import { createRandom } from '../../simulators/random.ts';
import { registerHomes } from '../../simulators/register.ts';
import { EMPTY_ROSTER, type RosterHome } from '../../simulators/roster.ts';
import { sessionCookie } from '../support/service.ts';
import { until } from '../support/until.ts';
import { type Audit, audit } from './auditor.ts';
import { Ledger } from './ledger.ts';
import { Load } from './load.ts';
import { Operator } from './operator.ts';
import { type Blow, Plan } from './plan.ts';
import { freePort } from './ports.ts';
import { Screen } from './screen.ts';
import { type TimingFigures, Timings } from './timings.ts';
import { PROJECT, Victim } from './victim.ts';

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  readonly homes: number;
  readonly readingsPerSecond: number;
  /** Kills between two audits. */
  readonly auditEvery: number;
  /** What to run; default `src/main.ts` of this project. */
  readonly program?: string;
  readonly onProgress: (line: string) => void;
  /** Called with the folder, stopped and whole, before it is removed. */
  readonly beforeRemoval?: (run: FinishedRun) => void;
}

export interface FinishedRun {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly screen: Screen;
}

export interface CrashReport {
  readonly seed: number;
  readonly kills: Readonly<Record<Blow['type'], number>> & { readonly total: number };
  readonly cleanStops: number;
  readonly audits: number;
  readonly audit: Audit;
  readonly resent: number;
  readonly screen: { readonly connections: number; readonly snapshots: number; readonly shown: number };
  readonly timings: TimingFigures;
  /** Warnings and errors of the service by message. */
  readonly troubles: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  /** Kept for inspection; null when all was well and it was removed. */
  readonly folder: string | null;
}

const ADMIN_PASSWORD = 'a long enough password';
const OPERATOR = { login: 'operator', password: 'another long password' } as const;
/** Streams of randomness beside those of the load. */
const STREAM = { plan: 11, operator: 12 } as const;
/** Everything waited for takes a second on a quiet machine. */
const PATIENCE_MS = 60_000;
/** The last effects travel from the service to the screen. */
const SETTLE_MS = 500;

export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-crash-'));
  const run = new CrashRun(options, folder, await freePort(), await freePort());
  let report: CrashReport | null = null;
  try {
    report = await run.run();
    return report;
  } finally {
    await run.dispose();
    if (report?.folder === null) rmSync(folder, { recursive: true, force: true });
    else run.writeLedger();
  }
}

interface Actors {
  readonly load: Load;
  readonly screen: Screen;
  readonly operator: Operator;
}

class CrashRun {
  readonly #options: CrashOptions;
  readonly #folder: string;
  readonly #httpPort: number;
  readonly #mqttPort: number;
  readonly #ledger = new Ledger();
  readonly #timings = new Timings();
  readonly #plan: Plan;
  readonly #troubles: Record<string, number> = {};
  readonly #kills = { running: 0, starting: 0, stopping: 0, total: 0 };
  #cleanStops = 0;
  #audits = 0;
  #victim: Victim | null = null;
  #actors: Actors | null = null;

  constructor(options: CrashOptions, folder: string, httpPort: number, mqttPort: number) {
    this.#options = options;
    this.#folder = folder;
    this.#httpPort = httpPort;
    this.#mqttPort = mqttPort;
    this.#plan = new Plan(createRandom(options.seed, STREAM.plan));
    this.#ledger.onAck(() => this.#timings.acked());
  }

  async run(): Promise<CrashReport> {
    const actors = await this.#begin();
    let latest: Audit | null = null;
    let nextAudit = this.#options.auditEvery;
    while (this.#kills.total < this.#options.kills && this.#ledger.violations.length === 0) {
      await this.#strike(this.#plan.next());
      if (this.#kills.total < nextAudit) continue;
      nextAudit += this.#options.auditEvery;
      latest = this.#audit(actors, false);
      if (latest.violationCount > 0) break;
    }
    const hasFailed = (latest?.violationCount ?? 0) > 0;
    const isClean = !hasFailed && this.#ledger.violations.length === 0;
    if (isClean) await this.#drain(actors);
    else await this.#stop(actors);
    // Also after a violation that was seen live: the files tell what became of it.
    const final = hasFailed && latest !== null ? latest : this.#audit(actors, isClean);
    return this.#report(actors, final);
  }

  /** Nothing of ours stays behind, whatever happened. */
  async dispose(): Promise<void> {
    await this.#victim?.kill();
    if (this.#actors !== null) await this.#stop(this.#actors);
  }

  writeLedger(): void {
    const { readings, orders, violations } = this.#ledger;
    const text = JSON.stringify({ readings: [...readings], orders, violations });
    writeFileSync(join(this.#folder, 'harness-ledger.json'), text);
  }

  async #begin(): Promise<Actors> {
    const { seed, homes, readingsPerSecond } = this.#options;
    await this.#start();
    const http = `http://127.0.0.1:${this.#httpPort}`;
    const api = new ApiClient(http);
    await api.login('admin', ADMIN_PASSWORD);
    const roster = await registerHomes(api, { homes, seed, roster: EMPTY_ROSTER, prefix: 'crash' });
    const person = { ...OPERATOR, name: 'Operator', role: 'operator', districtCode: null, isEnabled: true };
    this.#ledger.staffId = (await api.post<{ staffId: string }>('/staff', person)).staffId;
    const cookie = await sessionCookie(http, OPERATOR.login, OPERATOR.password);
    this.#actors = this.#createActors(roster.homes, cookie, readingsPerSecond);
    const { screen, load, operator } = this.#actors;
    screen.start();
    load.start();
    operator.start();
    this.#options.onProgress(`${homes} homes registered, seed ${seed}, folder ${this.#folder}`);
    return this.#actors;
  }

  #createActors(homes: readonly RosterHome[], cookie: string, readingsPerSecond: number): Actors {
    const { seed } = this.#options;
    const shared = { httpPort: this.#httpPort, ledger: this.#ledger };
    const screen = new Screen({ ...shared, cookie });
    const random = createRandom(seed, STREAM.operator);
    const operator = new Operator({ ...shared, cookie, screen, random });
    const load = new Load({ ...shared, homes, mqttPort: this.#mqttPort, seed, readingsPerSecond });
    return { load, screen, operator };
  }

  /** Spawn and wait until it is ready. */
  async #start(): Promise<Victim> {
    const victim = this.#spawn();
    const started = await victim.ready();
    if (started === null) throw new Error(`the service did not start again: ${victim.describeEnd()}`);
    this.#timings.started(started.spawnToReadyMs);
    return victim;
  }

  #spawn(): Victim {
    this.#victim = new Victim({
      program: this.#options.program ?? join(PROJECT, 'src', 'main.ts'),
      folder: this.#folder,
      httpPort: this.#httpPort,
      mqttPort: this.#mqttPort,
      adminPassword: ADMIN_PASSWORD,
      onTrouble: (line) => this.#noteTrouble(line),
    });
    return this.#victim;
  }

  async #strike(blow: Blow): Promise<void> {
    // The run begins with a service that is up; from then on every blow finds none.
    const isUp = this.#victim?.isAlive === true;
    if (blow.type === 'starting') {
      if (isUp) await this.#kill('running');
      this.#spawn();
      await sleep(blow.share * this.#timings.usualStartMs());
      return this.#kill('starting');
    }
    const victim = isUp ? this.#victim! : await this.#start();
    if (blow.type === 'stopping' || blow.since === 'first-ack') await this.#atWork();
    await sleep(blow.afterMs);
    if (blow.type === 'running') return this.#kill('running');
    await this.#stopAndKill(victim, blow.graceMs);
  }

  /** SIGTERM, and kill -9 before it is done with it; a service that is quicker has stopped in good order. */
  async #stopAndKill(victim: Victim, graceMs: number): Promise<void> {
    victim.terminate();
    await Promise.race([victim.ended(), sleep(graceMs)]);
    if (await victim.kill()) {
      this.#kills.stopping += 1;
      this.#kills.total += 1;
    } else if (victim.hasEndedWell) this.#cleanStops += 1;
    else this.#ledger.violations.push(`stop: ${victim.describeEnd()}`);
    this.#timings.killed();
    this.#timings.recovered(victim.recovery);
  }

  /** The service acknowledges: a kill of one that has nothing to do would prove little. */
  async #atWork(): Promise<void> {
    const { ackedCount } = this.#ledger;
    const isAtWork = (): boolean => this.#ledger.ackedCount > ackedCount;
    await this.#wait('the service acknowledged something', isAtWork);
  }

  async #wait(what: string, isTrue: () => boolean): Promise<void> {
    await until(what, isTrue, PATIENCE_MS).catch((error: Error) =>
      this.#ledger.violations.push(error.message),
    );
  }

  async #kill(during: 'running' | 'starting'): Promise<void> {
    const victim = this.#victim!;
    const wasAlive = await victim.kill();
    this.#timings.killed();
    this.#timings.recovered(victim.recovery);
    if (!wasAlive) {
      this.#ledger.violations.push(victim.describeEnd());
      return;
    }
    this.#kills[during] += 1;
    this.#kills.total += 1;
  }

  #audit({ screen }: Actors, isFinal: boolean): Audit {
    this.#audits += 1;
    const result = audit({ folder: this.#folder, ledger: this.#ledger, screen, isFinal });
    const { entries, alerts, violationCount } = result;
    this.#options.onProgress(
      `${this.#kills.total} kills: ${entries} entries, ${alerts} alerts, ${violationCount} violations`,
    );
    return result;
  }

  /** Everything that was said arrives; then a stop in good order. */
  async #drain(actors: Actors): Promise<void> {
    const victim = await this.#start();
    actors.load.quiet();
    await this.#wait('all gateways were done', () => actors.load.isIdle);
    await actors.operator.stop();
    await sleep(SETTLE_MS);
    await this.#list();
    victim.terminate();
    await victim.ended();
    this.#timings.recovered(victim.recovery);
    if (!victim.hasEndedWell) this.#ledger.violations.push(`last stop: ${victim.describeEnd()}`);
    await this.#stop(actors);
  }

  async #list(): Promise<void> {
    const api = new ApiClient(`http://127.0.0.1:${this.#httpPort}`);
    await api.login(OPERATOR.login, OPERATOR.password);
    for await (const alert of api.all<Alert>('/alerts')) this.#ledger.listed.set(alert.id, alert);
  }

  async #stop({ load, screen, operator }: Actors): Promise<void> {
    operator.abandon();
    screen.stop();
    await load.stop();
  }

  #noteTrouble(line: string): void {
    const message = /"msg":"([^"]*)"/.exec(line)?.[1] ?? line;
    this.#troubles[message] = (this.#troubles[message] ?? 0) + 1;
  }

  #report({ screen }: Actors, final: Audit): CrashReport {
    const violations = [...this.#ledger.violations, ...final.violations];
    if (violations.length === 0) {
      this.#options.beforeRemoval?.({ folder: this.#folder, ledger: this.#ledger, screen });
    }
    return {
      seed: this.#options.seed,
      kills: this.#kills,
      cleanStops: this.#cleanStops,
      audits: this.#audits,
      audit: final,
      resent: this.#ledger.resentCount,
      screen: {
        connections: screen.connectionCount,
        snapshots: screen.skipped.length,
        shown: screen.shown.size,
      },
      timings: this.#timings.figures(),
      troubles: this.#troubles,
      violations,
      folder: violations.length === 0 ? null : this.#folder,
    };
  }
}
