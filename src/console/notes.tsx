// The record of an alert: what staff wrote. The text stays in the field until the server has it.

import { useState } from 'preact/hooks';

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { clockTime, t } from './language.ts';

/** Longer notes belong in a ticket. */
export const NOTE_LENGTH_MAX = 2_000;

export function Notes({ alert }: { readonly alert: DeskAlert }) {
  const { feed, session } = useDesk();
  return (
    <section class="box" aria-labelledby="notes-title" data-testid="notes">
      <h3 id="notes-title">{t('notes.title')}</h3>
      {alert.notes.length === 0 && <p class="is-missing">{t('notes.none')}</p>}
      <ul class="notes">
        {alert.notes.map((note) => (
          <li key={`${note.atMs} ${note.text}`}>
            <span class="label">
              {clockTime(note.atMs, feed.nowMs.value)}{' '}
              {note.staffId === null ? t('notes.core') : (session.nameOf(note.staffId) ?? note.staffId)}
            </span>
            <span class="note-text">{note.text}</span>
          </li>
        ))}
      </ul>
      <NewNote alert={alert} />
    </section>
  );
}

function NewNote({ alert }: { readonly alert: DeskAlert }) {
  const { handling } = useDesk();
  const [text, setText] = useState('');
  const isPending = handling.pending.value.has(alert.id);
  const save = async (): Promise<void> => {
    const trimmed = text.trim();
    if (trimmed !== '' && (await handling.note(alert.id, trimmed))) setText('');
  };
  return (
    <form
      class="new-note"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label for="note-text">{t('notes.label')}</label>
      <textarea
        id="note-text"
        rows={2}
        maxLength={NOTE_LENGTH_MAX}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
        }}
      />
      <div class="new-note-foot">
        <span class="hint">{t('notes.hint')}</span>
        <button type="submit" disabled={isPending || text.trim() === ''}>
          {t('notes.save')}
        </button>
      </div>
    </form>
  );
}
