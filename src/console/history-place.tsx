// Where the history of the opened home goes on its card, once the card itself is there. Its code comes later.

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { lazyPart } from './lazy-part.tsx';

const History = lazyPart(async () => (await import('./history/history.tsx')).History);

export function HistoryPlace({ alert }: { readonly alert: DeskAlert }) {
  const card = useDesk().cards.state.value;
  if (card.type !== 'shown' || card.homeId !== alert.homeId) return null;
  return <History key={card.homeId} alert={alert} card={card.card} />;
}
