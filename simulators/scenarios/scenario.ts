// What a scenario is, and the stage it plays on. Scenarios see homes only through `ScenarioHome`, so that the same
// file runs against a live service, a recording broker in a test, or a thousand homes.

export interface ScenarioHome {
  readonly homeId: string;
  /** A reading happens now. Devices: see simulators/devices.ts. */
  report(deviceId: string, kind: string, value: boolean | number | string, batteryPct?: number): void;
  /** The resident does nothing any more; devices go on. */
  collapse(): void;
  /** The resident sits still from now on, and presses cancel when the terminal asks; then life goes on. */
  rest(): void;
  /** Power or network of the gateway goes without a goodbye. */
  cutLink(): void;
  restoreLink(): void;
}

export interface Stage {
  /** The homes this run plays in. */
  readonly homes: readonly ScenarioHome[];
  /** Resolves after real time; rejects with an AbortError when the simulation stops. */
  wait(durationMs: number): Promise<void>;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** Tell the person at the terminal what happens. */
  say(text: string): void;
}

export interface Scenario {
  readonly name: string;
  /** One line for --help. */
  readonly summary: string;
  /** Homes it takes when the command line names no number. */
  readonly homes: number | 'all';
  run(stage: Stage): Promise<void>;
}
