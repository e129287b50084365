// Fetches the elder's card of the open alert: masked before the claim, again in full after it, masked again when the
// claim is gone. Every fetch is an audit row on the server, so it is fetched once per state and never in advance.

import { type ReadonlySignal, signal } from '@preact/signals';

import type { HomeState } from '#core/model/home-state.ts';
import type { Api } from './api.ts';
import type { HomeCard } from './home-card.ts';

export type CardState =
  | { readonly type: 'none' }
  | { readonly type: 'loading'; readonly homeId: string }
  | { readonly type: 'failed'; readonly homeId: string; readonly code: string }
  | { readonly type: 'shown'; readonly homeId: string; readonly card: HomeCard };

export interface CardLoader {
  readonly state: ReadonlySignal<CardState>;
  /** Shows the card of `homeId`; `purpose` names what it is looked at for, a change of it fetches again. */
  show(homeId: string | null, purpose: string): void;
  retry(): void;
  /** What the home is like after an order of ours; no look at personal data, so no new fetch. */
  noteState(homeId: string, state: HomeState): void;
}

export function createCardLoader(api: Api, onExpired: () => void): CardLoader {
  const state = signal<CardState>({ type: 'none' });
  let wanted: { readonly homeId: string; readonly purpose: string } | null = null;

  const load = async (): Promise<void> => {
    const asked = wanted;
    if (asked === null) return;
    const shown = state.peek();
    // The masked card of the same home stays visible until the full one is there; a full one never does.
    const keeps = shown.type === 'shown' && shown.homeId === asked.homeId && shown.card.masked;
    if (!keeps) state.value = { type: 'loading', homeId: asked.homeId };
    const answer = await api.card(asked.homeId);
    if (asked !== wanted) return;
    if (answer.ok) state.value = { type: 'shown', homeId: asked.homeId, card: answer.value };
    else state.value = { type: 'failed', homeId: asked.homeId, code: answer.code };
    if (!answer.ok && answer.code === 'session-expired') onExpired();
  };
  return {
    state,
    show(homeId, purpose) {
      if (homeId === null) {
        wanted = null;
        state.value = { type: 'none' };
        return;
      }
      if (wanted?.homeId === homeId && wanted.purpose === purpose) return;
      wanted = { homeId, purpose };
      void load();
    },
    retry: () => void load(),
    noteState(homeId, homeState) {
      const shown = state.peek();
      if (shown.type !== 'shown' || shown.homeId !== homeId) return;
      state.value = { ...shown, card: { ...shown.card, state: homeState } };
    },
  };
}
