// Closing needs an outcome of two levels. Digits choose, Enter closes: three keys in all. The panel stands in the
// card and covers nothing of the queue. The order of the codes never changes: hands learn it. Whoever is away may be
// given an end, which declares the absence: without one they are asked for again and again.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { OUTCOMES, type OutcomeCode } from '#core/model/command.ts';
import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { t, word } from './language.ts';
import { NOTE_LENGTH_MAX } from './notes.tsx';
import { focusOn } from './operator-input.ts';
import { hasShortcuts } from './preferences.ts';

const CODES = Object.keys(OUTCOMES) as OutcomeCode[];
/** Eleven outcomes on the digit row of a keyboard. */
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-'];

interface OutcomeChoice {
  readonly code: OutcomeCode | null;
  readonly detail: string | null;
  readonly details: readonly string[];
  chooseCode(code: OutcomeCode): void;
  chooseDetail(detail: string): void;
  /** A digit chooses on the open level, Backspace opens the first again. False: not a key of the choice. */
  press(key: string): boolean;
}

function useOutcome(): OutcomeChoice {
  const [code, setCode] = useState<OutcomeCode | null>(null);
  const [detail, setDetail] = useState<string | null>(null);
  const details: readonly string[] = code === null ? [] : OUTCOMES[code];
  const chooseCode = (next: OutcomeCode): void => {
    const only = OUTCOMES[next];
    setCode(next);
    setDetail(only.length === 1 ? only[0] : null);
  };
  const press = (key: string): boolean => {
    if (key === 'Backspace') {
      setCode(null);
      setDetail(null);
      return true;
    }
    const index = hasShortcuts.value ? DIGITS.indexOf(key) : -1;
    if (index === -1) return false;
    if (code === null) chooseCode(CODES[index]!);
    else if (details[index] !== undefined) setDetail(details[index]);
    return true;
  };
  return { code, detail, details, chooseCode, chooseDetail: setDetail, press };
}

export function ClosePanel({ alert }: { readonly alert: DeskAlert }) {
  const desk = useDesk();
  const choice = useOutcome();
  const [note, setNote] = useState('');
  const [until, setUntil] = useState('');
  const panel = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const awayHomeId = choice.code === 'AWAY' ? alert.homeId : null;
  // Before it is painted: digits typed in between would go past it and be lost.
  useLayoutEffect(() => panel.current?.focus(), []);
  const leave = (): void => {
    desk.panel.value = 'none';
    focusOn('queue');
  };
  const close = async (): Promise<void> => {
    const { code, detail } = choice;
    // An end of which only the day is filled in is no end, and must not be left out without a word.
    if (code === null || detail === null || form.current?.reportValidity() === false) return;
    const text = note.trim() || null;
    if (awayHomeId !== null && until !== '') {
      const isDeclared = await desk.absences.declareAway(awayHomeId, new Date(until).getTime(), text);
      if (!isDeclared) return;
    }
    if (await desk.handling.close(alert.id, { code, detail }, text)) leave();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLTextAreaElement) return;
    const isEnter = event.key === 'Enter' && !(event.target instanceof HTMLButtonElement);
    if (isEnter) void close();
    if (isEnter || (!isTimeField(event.target) && choice.press(event.key))) event.preventDefault();
  };
  const isBusy = desk.handling.pending.value.has(alert.id) || desk.absences.isPending.value;
  return (
    <div
      class="close-panel"
      role="dialog"
      aria-label={t('close.title')}
      tabIndex={-1}
      ref={panel}
      data-testid="close-panel"
      onKeyDown={onKeyDown}
    >
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          void close();
        }}
      >
        <OutcomeFields choice={choice} />
        <div class="close-fields">
          {awayHomeId !== null && (
            <label class="close-note">
              {t('close.awayUntil')}
              <input
                type="datetime-local"
                data-testid="away-until"
                value={until}
                onInput={(event) => setUntil(event.currentTarget.value)}
              />
            </label>
          )}
          <label class="close-note">
            {t('close.note')}
            <textarea
              rows={1}
              maxLength={NOTE_LENGTH_MAX}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          </label>
        </div>
        <div class="close-foot">
          <button type="submit" class="primary" disabled={choice.detail === null || isBusy}>
            {t(choice.code === null ? 'close.choose' : 'close.submit')}
          </button>
          <button type="button" onClick={leave}>
            {t('close.cancel')}
          </button>
          <span class="hint">{t('close.hint')}</span>
        </div>
      </form>
    </div>
  );
}

/** Digits write into it. */
function isTimeField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'datetime-local';
}

function OutcomeFields({ choice }: { readonly choice: OutcomeChoice }) {
  const { code, detail, details } = choice;
  return (
    <>
      <Choices
        name="code"
        legend={t('close.code')}
        group="outcome"
        items={CODES}
        chosen={code}
        hasKeys={code === null}
        onChoose={choice.chooseCode}
      />
      {code !== null && (
        <Choices
          name="detail"
          legend={t('close.detail')}
          group={`outcome.${code}`}
          items={details}
          chosen={detail}
          hasKeys
          onChoose={choice.chooseDetail}
        />
      )}
    </>
  );
}

interface ChoicesProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly group: string;
  readonly items: readonly T[];
  readonly chosen: T | null;
  readonly hasKeys: boolean;
  readonly onChoose: (item: T) => void;
}

function Choices<T extends string>(props: ChoicesProps<T>) {
  const { name, legend, group, items, chosen, hasKeys, onChoose } = props;
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {items.map((item, index) => (
        <label key={item} class={item === chosen ? 'choice is-chosen' : 'choice'}>
          <input
            type="radio"
            name={name}
            value={item}
            checked={item === chosen}
            onChange={() => onChoose(item)}
          />
          {hasKeys && hasShortcuts.value && <kbd>{DIGITS[index]}</kbd>}
          {word(group, item)}
        </label>
      ))}
    </fieldset>
  );
}
