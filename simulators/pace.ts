// Relation between simulated and real time of a live simulation: simulated time runs `speed` times as fast. Only the
// simulators see simulated time; a live service always gets real instants.

export class Pace {
  readonly speed: number;
  readonly #startSimulatedMs: number;
  readonly #startRealMs: number;
  readonly #realMs: () => number;

  /** @throws RangeError when the speed is not above 0 */
  constructor(options: {
    readonly startAtMs: number;
    readonly speed: number;
    readonly realMs?: () => number;
  }) {
    if (!(options.speed > 0 && Number.isFinite(options.speed))) throw new RangeError('speed must be above 0');
    this.speed = options.speed;
    // Monotonic: a step of the machine's clock must not make simulated days jump.
    this.#realMs = options.realMs ?? (() => performance.now());
    this.#startSimulatedMs = options.startAtMs;
    this.#startRealMs = this.#realMs();
  }

  nowMs(): number {
    return this.#startSimulatedMs + (this.#realMs() - this.#startRealMs) * this.speed;
  }

  /** Real time until this simulated instant, never negative. */
  realDelayMs(simulatedMs: number): number {
    return Math.max(0, (simulatedMs - this.nowMs()) / this.speed);
  }
}
