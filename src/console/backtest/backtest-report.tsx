// What a back-test found: how many alerts then and now, how many false ones fewer, and, first of all, whether somebody
// who needed help would have been missed.

import { useDesk } from '../desk-context.ts';
import { clockTime, locale, t, word } from '../language.ts';
import type { Life, Report } from './backtest-desk.ts';

/** Rows drawn of each list; the lists themselves are longer and come from the API. */
const ROWS_MAX = 50;

export function BacktestReport({ report }: { readonly report: Report }) {
  return (
    <>
      {report.helpAfter < report.helpBefore && (
        <p class="backtest-warning" role="alert">
          {t('backtest.missed', { count: report.helpBefore - report.helpAfter })}
        </p>
      )}
      <Coverage report={report} />
      <Figures report={report} />
      <ByRule report={report} />
      <Lives
        title={t('backtest.wouldNotRaise')}
        lives={report.wouldNotRaise}
        count={report.listed.wouldNotRaise}
      />
      <Lives title={t('backtest.wouldRaise')} lives={report.wouldRaise} count={report.listed.wouldRaise} />
      <Lives title={t('backtest.both')} lives={report.both} count={report.listed.both} />
    </>
  );
}

function Coverage({ report }: { readonly report: Report }) {
  const nowMs = useDesk().feed.nowMs.value;
  const { coveredFromMs, coveredUntilMs, homes, homeDays, isWholeLog, leftOutHomes } = report;
  if (coveredFromMs === null || coveredUntilMs === null) return <p>{t('backtest.nothingCovered')}</p>;
  const span = { from: clockTime(coveredFromMs, nowMs), until: clockTime(coveredUntilMs, nowMs) };
  return (
    <p class="hint">
      {t('backtest.covered', { ...span, homes, days: number(homeDays) })}{' '}
      {!isWholeLog && t('backtest.partOfLog')}{' '}
      {leftOutHomes > 0 && t('backtest.leftOut', { count: leftOutHomes })}
    </p>
  );
}

function Figures({ report }: { readonly report: Report }) {
  const { before, after } = report;
  const rate = (value: number | null): string => (value === null ? '—' : number(value));
  const rows = [
    [t('backtest.raised'), before.raised, after.raised],
    [t('backtest.perThousand'), rate(before.perThousandHomeDays), rate(after.perThousandHomeDays)],
    [t('backtest.false'), report.falseBefore, report.falseAfter],
    [t('backtest.help'), report.helpBefore, report.helpAfter],
  ] as const;
  return (
    <table class="sources backtest-figures">
      <thead>
        <tr>
          <th scope="col">{t('backtest.figure')}</th>
          <th scope="col">{t('backtest.before')}</th>
          <th scope="col">{t('backtest.after')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, then, now]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>{then}</td>
            <td>{now}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ByRule({ report }: { readonly report: Report }) {
  return (
    <table class="sources">
      <thead>
        <tr>
          <th scope="col">{t('backtest.rule')}</th>
          <th scope="col">{t('backtest.before')}</th>
          <th scope="col">{t('backtest.after')}</th>
          <th scope="col">{t('backtest.both')}</th>
        </tr>
      </thead>
      <tbody>
        {report.byRule.map(({ rule, before, after, both }) => (
          <tr key={rule}>
            <th scope="row">{rule}</th>
            <td>{before}</td>
            <td>{after}</td>
            <td>{both}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface LivesProps {
  readonly title: string;
  readonly lives: readonly Life[];
  readonly count: number;
}

function Lives({ title, lives, count }: LivesProps) {
  const nowMs = useDesk().feed.nowMs.value;
  if (count === 0) return null;
  const shown = lives.slice(0, ROWS_MAX);
  return (
    <details class="raster-table">
      <summary>
        {title} · {count}
      </summary>
      <table class="sources">
        <tbody>
          {shown.map((life) => (
            <tr key={`${life.alertId} ${life.atMs}`}>
              <th scope="row">{word('kind', life.kind)}</th>
              <td>{life.homeId}</td>
              <td>
                {clockTime(life.atMs, nowMs)}
                {life.wouldAtMs !== undefined &&
                  life.wouldAtMs !== life.atMs &&
                  ` → ${clockTime(life.wouldAtMs, nowMs)}`}
              </td>
              <td>{life.outcome ? word('outcome', `${life.outcome.code}.${life.outcome.detail}`) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {count > shown.length && <p class="hint">{t('history.more', { count: count - shown.length })}</p>}
    </details>
  );
}

function number(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(value);
}
