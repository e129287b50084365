// Declaring an absence from the elder's card. Nothing is shown as done before the server has answered; what it answers
// is what the core knows then.

import { type ReadonlySignal, signal } from '@preact/signals';

import type { HomeState } from '#core/model/home-state.ts';
import type { Answer, Api } from './api.ts';
import type { CardLoader } from './card-loader.ts';
import type { Handling } from './handling.ts';
import { hasWord } from './language.ts';

export interface AbsenceDesk {
  /** An order has no answer yet. */
  readonly isPending: ReadonlySignal<boolean>;
  /** True when the server has it. */
  declareAway(homeId: string, untilMs: number, note: string | null): Promise<boolean>;
  declareBack(homeId: string): Promise<boolean>;
}

export interface AbsenceParts {
  readonly api: Pick<Api, 'declareAway' | 'declareBack'>;
  readonly cards: Pick<CardLoader, 'noteState'>;
  readonly handling: Pick<Handling, 'say'>;
  readonly onExpired: () => void;
}

export function createAbsenceDesk({ api, cards, handling, onExpired }: AbsenceParts): AbsenceDesk {
  const isPending = signal(false);
  const order = async (homeId: string, answered: Promise<Answer<HomeState>>): Promise<boolean> => {
    isPending.value = true;
    const answer = await answered;
    isPending.value = false;
    if (answer.ok) {
      cards.noteState(homeId, answer.value);
      handling.say('info', answer.value.absence === null ? 'answer.declaredBack' : 'answer.declaredAway');
      return true;
    }
    if (answer.code === 'session-expired') onExpired();
    const key = `answer.${answer.code}`;
    if (hasWord(key)) handling.say('problem', key);
    else handling.say('problem', 'answer.failed', { code: answer.code });
    return false;
  };
  return {
    isPending,
    declareAway: (homeId, untilMs, note) => order(homeId, api.declareAway(homeId, untilMs, note)),
    declareBack: (homeId) => order(homeId, api.declareBack(homeId)),
  };
}
