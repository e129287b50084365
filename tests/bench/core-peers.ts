// Other ways to build the same watch, as many would write them: a timer per home, RxJS, XState, json-rules-engine.
// They use real timers, which never come due within a measurement.

import { Engine } from 'json-rules-engine';
import { debounceTime, EMPTY, filter, groupBy, merge, mergeMap, Subject, scan, switchMap, timer } from 'rxjs';
import { type ActorRefFrom, createActor, setup } from 'xstate';
import { type Happening, type PeerWatch, WATCH } from './minimal-watch.ts';

export const PEERS = {
  'timer-per-home': () => new TimerWatch(),
  rxjs: () => createRxWatch(),
  xstate: () => new ActorWatch(),
  'json-rules-engine': () => new RulesEngineWatch(),
} as const satisfies Record<string, () => PeerWatch>;
export type PeerName = keyof typeof PEERS;

const noAlarm = (): void => undefined;

interface TimedHome {
  readonly silence: NodeJS.Timeout;
  bathroom: NodeJS.Timeout | null;
  isFast: boolean;
}

class TimerWatch implements PeerWatch {
  readonly #homes = new Map<string, TimedHome>();

  take(homeName: string, happening: Happening, heartRateBpm: number): void {
    let home = this.#homes.get(homeName);
    if (home === undefined) {
      home = { silence: setTimeout(noAlarm, WATCH.silenceMs), bathroom: null, isFast: false };
      this.#homes.set(homeName, home);
    }
    if (happening === 'heart-rate') {
      if (heartRateBpm >= WATCH.fastBpm) home.isFast = true;
      else if (heartRateBpm <= WATCH.calmBpm) home.isFast = false;
    } else if (happening !== 'nothing') {
      home.silence.refresh();
      if (happening === 'bathroom') home.bathroom ??= setTimeout(noAlarm, WATCH.bathroomMs);
      else if (home.bathroom !== null) {
        clearTimeout(home.bathroom);
        home.bathroom = null;
      }
    }
  }
}

interface RxEvent {
  readonly homeName: string;
  readonly happening: Happening;
  readonly heartRateBpm: number;
}

function createRxWatch(): PeerWatch {
  const events = new Subject<RxEvent>();
  const isSign = ({ happening }: RxEvent): boolean => happening === 'stir' || happening === 'bathroom';
  const isHeartRate = ({ happening }: RxEvent): boolean => happening === 'heart-rate';
  const nextFast = (isFast: boolean, { heartRateBpm }: RxEvent): boolean =>
    heartRateBpm >= WATCH.fastBpm || (isFast && heartRateBpm > WATCH.calmBpm);
  events
    .pipe(
      groupBy(({ homeName }) => homeName),
      mergeMap((home) =>
        merge(
          home.pipe(filter(isSign), debounceTime(WATCH.silenceMs)),
          home.pipe(
            filter(isSign),
            switchMap(({ happening }) => (happening === 'bathroom' ? timer(WATCH.bathroomMs) : EMPTY)),
          ),
          home.pipe(filter(isHeartRate), scan(nextFast, false), filter(Boolean)),
        ),
      ),
    )
    .subscribe(noAlarm);
  return {
    take: (homeName, happening, heartRateBpm) => events.next({ homeName, happening, heartRateBpm }),
  };
}

const machine = setup({
  types: { events: {} as { type: 'stir' | 'bathroom' | 'fast' | 'calm' } },
  delays: { silence: WATCH.silenceMs, stay: WATCH.bathroomMs },
}).createMachine({
  type: 'parallel',
  states: {
    activity: {
      initial: 'active',
      states: {
        active: {
          after: { silence: 'silent' },
          on: { stir: { target: 'active', reenter: true }, bathroom: { target: 'active', reenter: true } },
        },
        silent: { on: { stir: 'active', bathroom: 'active' } },
      },
    },
    room: {
      initial: 'elsewhere',
      states: {
        elsewhere: { on: { bathroom: 'bathroom' } },
        bathroom: { after: { stay: 'long' }, on: { stir: 'elsewhere' } },
        long: { on: { stir: 'elsewhere' } },
      },
    },
    heart: { initial: 'calm', states: { calm: { on: { fast: 'fast' } }, fast: { on: { calm: 'calm' } } } },
  },
});

class ActorWatch implements PeerWatch {
  readonly #homes = new Map<string, ActorRefFrom<typeof machine>>();

  take(homeName: string, happening: Happening, heartRateBpm: number): void {
    let home = this.#homes.get(homeName);
    if (home === undefined) {
      home = createActor(machine).start();
      this.#homes.set(homeName, home);
    }
    if (happening === 'stir' || happening === 'bathroom') home.send({ type: happening });
    else if (happening === 'heart-rate') {
      if (heartRateBpm >= WATCH.fastBpm) home.send({ type: 'fast' });
      else if (heartRateBpm <= WATCH.calmBpm) home.send({ type: 'calm' });
    }
  }
}

interface FactsOfHome {
  lastActivityAtMs: number;
  bathroomSinceMs: number;
  heartRateBpm: number;
}

/** The engine knows no time and no state: both are kept beside it and given as facts with every event. */
class RulesEngineWatch implements PeerWatch {
  readonly #homes = new Map<string, FactsOfHome>();
  readonly #engine = new Engine();

  constructor() {
    const rule = (fact: string, operator: string, value: number): void => {
      const conditions = { all: [{ fact, operator, value }] };
      this.#engine.addRule({ conditions, event: { type: fact } });
    };
    rule('silentMs', 'greaterThanInclusive', WATCH.silenceMs);
    rule('inBathroomMs', 'greaterThanInclusive', WATCH.bathroomMs);
    rule('heartRateBpm', 'greaterThanInclusive', WATCH.fastBpm);
  }

  async take(homeName: string, happening: Happening, heartRateBpm: number, atMs: number): Promise<void> {
    let home = this.#homes.get(homeName);
    if (home === undefined) {
      home = { lastActivityAtMs: atMs, bathroomSinceMs: 0, heartRateBpm: 0 };
      this.#homes.set(homeName, home);
    }
    const silentMs = atMs - home.lastActivityAtMs;
    if (happening === 'heart-rate') home.heartRateBpm = heartRateBpm;
    else if (happening !== 'nothing') {
      home.lastActivityAtMs = atMs;
      if (happening === 'stir') home.bathroomSinceMs = 0;
      else if (home.bathroomSinceMs === 0) home.bathroomSinceMs = atMs;
    }
    const inBathroomMs = home.bathroomSinceMs === 0 ? 0 : atMs - home.bathroomSinceMs;
    await this.#engine.run({ silentMs, inBathroomMs, heartRateBpm: home.heartRateBpm });
  }
}
