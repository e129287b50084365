// Is anybody in, and until when did they say they are out: on the elder's card, with a small form to declare an absence
// or end it. Plain buttons and fields, so that Tab and Enter are enough.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { HomeState } from '#core/model/home-state.ts';
import { useDesk } from './desk-context.ts';
import type { HomeCard } from './home-card.ts';
import { clockTime, t, word } from './language.ts';

export function PresenceBox({ card }: { readonly card: HomeCard }) {
  const { state } = card;
  // A service of an earlier version does not tell.
  if (state === undefined) return null;
  return (
    <section class="box presence" aria-label={t('presence.title')} data-testid="presence">
      <PresenceLine state={state} />
      {/* A service of an earlier version tells no gaps. */}
      {(state.gaps ?? []).map((gap) => (
        <p key={gap} class="gap" data-testid="gap">
          {word('gap', gap)}
        </p>
      ))}
      {state.absence === null ? (
        <DeclareAway homeId={card.home.homeId} />
      ) : (
        <Declared homeId={card.home.homeId} absence={state.absence} />
      )}
    </section>
  );
}

function PresenceLine({ state }: { readonly state: HomeState }) {
  const nowMs = useDesk().feed.nowMs.value;
  return (
    <p>
      <span class="label">{t('presence.title')}</span> <strong>{word('presence', state.presence)}</strong>
      {state.awaySinceMs !== null &&
        ` · ${t('presence.since', { time: clockTime(state.awaySinceMs, nowMs) })}`}
    </p>
  );
}

interface DeclaredProps {
  readonly homeId: string;
  readonly absence: NonNullable<HomeState['absence']>;
}

function Declared({ homeId, absence }: DeclaredProps) {
  const { feed, absences, session } = useDesk();
  const nowMs = feed.nowMs.value;
  const isOver = absence.untilMs < nowMs;
  const by = session.nameOf(absence.staffId) ?? absence.staffId;
  return (
    <>
      <p class={isOver ? 'is-overdue' : ''}>
        {t(isOver ? 'presence.overdue' : 'presence.until', { time: clockTime(absence.untilMs, nowMs) })}
        {absence.note !== null && ` · ${absence.note}`} <span class="label">{by}</span>
      </p>
      <button
        type="button"
        disabled={absences.isPending.value}
        onClick={() => void absences.declareBack(homeId)}
      >
        {t('presence.declareBack')}
      </button>
    </>
  );
}

function DeclareAway({ homeId }: { readonly homeId: string }) {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return <AbsenceForm homeId={homeId} leave={() => setOpen(false)} />;
  return (
    <button type="button" onClick={() => setOpen(true)}>
      {t('presence.declareAway')}
    </button>
  );
}

interface FormProps {
  readonly homeId: string;
  leave(): void;
}

function AbsenceForm({ homeId, leave }: FormProps) {
  const { absences } = useDesk();
  const [until, setUntil] = useState('');
  const [note, setNote] = useState('');
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const save = async (): Promise<void> => {
    const untilMs = new Date(until).getTime();
    if (!Number.isNaN(untilMs) && (await absences.declareAway(homeId, untilMs, note.trim() || null))) leave();
  };
  return (
    <form
      class="absence-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        leave();
      }}
    >
      <label for="absence-until">{t('presence.untilLabel')}</label>
      <input
        id="absence-until"
        type="datetime-local"
        required
        value={until}
        ref={first}
        onInput={(event) => setUntil(event.currentTarget.value)}
      />
      <label for="absence-note">{t('presence.noteLabel')}</label>
      <input
        id="absence-note"
        maxLength={500}
        value={note}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      <button type="submit" disabled={absences.isPending.value || until === ''}>
        {t('presence.save')}
      </button>
      <button type="button" class="quiet" onClick={leave}>
        {t('close.cancel')}
      </button>
    </form>
  );
}
