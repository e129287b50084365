// The weeks behind a notice of slow drift: bars of the measure that drifts, and all measures as a table. A week of
// which too little was seen is paler, and said to be: its number says little. Asked for once and only for such a
// notice, as it is about how somebody lives.

import { useEffect, useState } from 'preact/hooks';

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from '../desk-context.ts';
import { locale, t, word } from '../language.ts';
import { Failed } from './failed.tsx';
import type { Part } from './history-loader.ts';

const MEASURES = ['sleep', 'activity', 'night-toilet', 'outings'] as const;
type Measure = (typeof MEASURES)[number];

type Week = Readonly<Record<Measure, number>> & { readonly endsAtMs: number; readonly seenDays: number };

/** Half of a week, as docs of the API say. */
const SEEN_DAYS_LEAST = 3.5;
const BAR_PX = 90;

export function Weeks({ alert, homeId }: { readonly alert: DeskAlert; readonly homeId: string }) {
  const { api, expire } = useDesk();
  const [part, setPart] = useState<Part<readonly Week[]>>({ type: 'loading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const aborter = new AbortController();
    setPart({ type: 'loading' });
    const path = `/homes/${encodeURIComponent(homeId)}/drift`;
    void api.get<{ weeks: readonly Week[] }>(path, aborter.signal).then((answer) => {
      if (aborter.signal.aborted) return;
      if (answer.ok) setPart({ type: 'shown', value: answer.value.weeks });
      else setPart({ type: 'failed', code: answer.code });
      if (!answer.ok && answer.code === 'session-expired') expire();
    });
    return () => aborter.abort();
  }, [homeId, attempt]);
  return (
    <div class="weeks" data-testid="weeks">
      <h4>{t('weeks.title')}</h4>
      {part.type === 'loading' && <p class="is-missing">{t('history.loading')}</p>}
      {part.type === 'failed' && <Failed code={part.code} retry={() => setAttempt(attempt + 1)} />}
      {part.type === 'shown' && part.value.length === 0 && <p class="is-missing">{t('weeks.none')}</p>}
      {part.type === 'shown' && part.value.length > 0 && (
        <WeekBars weeks={part.value} measure={measureOf(alert)} />
      )}
    </div>
  );
}

function measureOf({ explanation }: DeskAlert): Measure {
  return MEASURES.find((measure) => measure === explanation.params['measure']) ?? 'activity';
}

function WeekBars({ weeks, measure }: { readonly weeks: readonly Week[]; readonly measure: Measure }) {
  const highest = Math.max(1, ...weeks.map((week) => week[measure]));
  const day = new Intl.DateTimeFormat(locale(), { month: 'numeric', day: 'numeric' });
  return (
    <>
      <p class="label">{word('measure', measure)}</p>
      <ol class="week-bars" aria-hidden="true">
        {weeks.map((week) => (
          <li key={week.endsAtMs}>
            <span class="week-value">{rounded(week[measure])}</span>
            <svg width="100%" height={BAR_PX} aria-hidden="true">
              <rect
                class={isPale(week) ? 'week-unseen' : 'week-seen'}
                width="100%"
                height={Math.max(2, (week[measure] / highest) * BAR_PX)}
                y={BAR_PX - Math.max(2, (week[measure] / highest) * BAR_PX)}
              />
            </svg>
            <span class="week-end">{day.format(week.endsAtMs)}</span>
          </li>
        ))}
      </ol>
      {weeks.some(isPale) && <p class="hint">{t('weeks.pale')}</p>}
      <details class="raster-table">
        <summary>{t('history.asTable')}</summary>
        <table class="sources">
          <thead>
            <tr>
              <th scope="col">{t('weeks.ends')}</th>
              <th scope="col">{t('weeks.seenDays')}</th>
              {MEASURES.map((each) => (
                <th key={each} scope="col">
                  {word('measure', each)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week.endsAtMs}>
                <th scope="row">{day.format(week.endsAtMs)}</th>
                <td>{rounded(week.seenDays)}</td>
                {MEASURES.map((each) => (
                  <td key={each}>{rounded(week[each])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function isPale({ seenDays }: Week): boolean {
  return seenDays < SEEN_DAYS_LEAST;
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
