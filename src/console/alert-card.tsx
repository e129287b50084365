// The open alert: what it is, the actions on it, the elder, whom to call, and the record.

import type { DeskAlert } from '#core/model/desk-message.ts';
import { AlertActions, Lease } from './alert-actions.tsx';
import { ClosePanel } from './close-panel.tsx';
import { Contacts } from './contacts.tsx';
import { useDesk } from './desk-context.ts';
import { ElderCard } from './elder-card.tsx';
import { HistoryPlace } from './history-place.tsx';
import { clockTime, t, word } from './language.ts';
import { PrioritySign } from './mark.tsx';
import { Notes } from './notes.tsx';
import { PresenceBox } from './presence-box.tsx';
import { Chips, Waiting } from './queue-row.tsx';
import { isUnclaimed } from './store.ts';

export function AlertCard() {
  const desk = useDesk();
  const alert = desk.queue.openAlert.value;
  if (alert === null) return <NoCard />;
  return (
    <article class="card" aria-label={word('kind', alert.kind)} data-testid="card">
      <CardHead alert={alert} />
      <AlertActions alert={alert} />
      {desk.panel.value === 'close' && <ClosePanel alert={alert} />}
      <div class="card-body">
        <CardBody alert={alert} />
        <Notes key={alert.id} alert={alert} />
        <HistoryPlace alert={alert} />
      </div>
    </article>
  );
}

function NoCard() {
  const isClosed = useDesk().queue.openId.value !== null;
  return (
    <article class="card card-none" aria-label={t('card.title')}>
      <strong>{t(isClosed ? 'card.closed' : 'card.none')}</strong>
      <p>{t('card.noneText')}</p>
    </article>
  );
}

function CardHead({ alert }: { readonly alert: DeskAlert }) {
  const { feed, handling } = useDesk();
  return (
    <header class={`card-head p${alert.priority}`}>
      <PrioritySign priority={alert.priority} isBlinking={isUnclaimed(alert) && alert.priority <= 2} />
      <div class="card-title">
        <h2>
          {word('kind', alert.kind)}
          <span class="card-priority">{word('priority', String(alert.priority))}</span>
          <Chips alert={alert} />
        </h2>
        <p>
          {t('evidence.raised')} {clockTime(alert.raisedAtMs, feed.nowMs.value)}
          {alert.room !== null && ` · ${word('room', alert.room)}`}
        </p>
      </div>
      {handling.holds(alert) && <Lease alert={alert} />}
      <div class="card-figure">
        <span>{t('row.waiting')}</span>
        <Waiting sinceMs={alert.raisedAtMs} />
      </div>
    </header>
  );
}

function CardBody({ alert }: { readonly alert: DeskAlert }) {
  const { cards } = useDesk();
  const state = cards.state.value;
  if (alert.homeId === null) return <p class="box">{t('card.noHome')}</p>;
  if (state.type === 'failed') {
    return (
      <p class="box box-problem" role="status">
        {t('card.failed')}
        <button type="button" onClick={() => cards.retry()}>
          {t('card.retry')}
        </button>
      </p>
    );
  }
  if (state.type !== 'shown' || state.homeId !== alert.homeId) return <p class="box">{t('card.loading')}</p>;
  return (
    <>
      {state.card.masked && <p class="masked-note">{t('card.masked')}</p>}
      <ElderCard card={state.card} />
      <PresenceBox key={alert.homeId} card={state.card} />
      <Contacts card={state.card} />
    </>
  );
}
