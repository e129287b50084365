// Tries rule settings on recorded history: a form, the runs, and the result of one. It stands beside the queue.

import { useEffect, useMemo } from 'preact/hooks';

import { useDesk } from '../desk-context.ts';
import { clockTime, duration, hasWord, percent, t, word } from '../language.ts';
import { type Backtest, type BacktestDesk, createBacktestDesk, isUnderWay } from './backtest-desk.ts';
import { BacktestForm } from './backtest-form.tsx';
import { BacktestReport } from './backtest-report.tsx';

export function BacktestPage() {
  const desk = useDesk();
  const tests = useMemo(() => createBacktestDesk({ api: desk.api, onExpired: desk.expire }), [desk]);
  useEffect(() => {
    tests.start();
    return () => tests.stop();
  }, [tests]);
  return (
    <>
      <header class="backtest-head">
        <h2>{t('backtest.title')}</h2>
        <button
          type="button"
          onClick={() => {
            desk.page.value = 'alert';
          }}
        >
          {t('backtest.back')}
        </button>
      </header>
      <p class="hint">{t('backtest.hint')}</p>
      <BacktestForm tests={tests} />
      <Problem tests={tests} />
      <Shown tests={tests} />
      <Runs tests={tests} />
    </>
  );
}

interface Props {
  readonly tests: BacktestDesk;
}

function Problem({ tests }: Props) {
  const code = tests.problem.value;
  if (code === null) return null;
  const key = `backtest.refused.${code}`;
  return (
    <p class="box box-problem" role="status">
      {hasWord(key) ? t(key) : t('answer.failed', { code })}
    </p>
  );
}

function Shown({ tests }: Props) {
  const test = tests.shown.value;
  if (test === null) return null;
  return (
    <section class="box" aria-label={t('backtest.result')} data-testid="backtest-result">
      <h3>
        {t('backtest.result')} · {settingsText(test)}
      </h3>
      {isUnderWay(test) && (
        <p class="backtest-progress" role="status">
          <progress max={1} value={test.progress} aria-label={t('backtest.progress')} />{' '}
          {word('backtest.state', test.state)} {percent(test.progress)}
          <button type="button" onClick={() => void tests.cancel(test.backtestId)}>
            {t('close.cancel')}
          </button>
        </p>
      )}
      {!isUnderWay(test) && test.state !== 'done' && (
        <p>
          {word('backtest.state', test.state)} {test.error}
        </p>
      )}
      {test.report && <BacktestReport report={test.report} />}
    </section>
  );
}

function Runs({ tests }: Props) {
  const nowMs = useDesk().feed.nowMs.value;
  if (tests.runs.value.length === 0) return null;
  return (
    <section class="box">
      <h3>{t('backtest.runs')}</h3>
      <ul class="backtest-runs">
        {tests.runs.value.map((run) => (
          <li key={run.backtestId}>
            <button type="button" class="quiet" onClick={() => void tests.show(run.backtestId)}>
              {clockTime(run.requestedAtMs, nowMs)} · {settingsText(run)} ·{' '}
              {run.districtCode ?? run.homes?.join(' ')}
            </button>
            <span class="label">{word('backtest.state', run.state)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function settingsText({ rules }: Pick<Backtest, 'rules'>): string {
  const texts = Object.entries(rules).map(([rule, values]) => {
    const given = Object.entries(values).map(
      ([name, value]) => `${name} = ${name.endsWith('Ms') ? duration(value) : value}`,
    );
    return `${rule}: ${given.join(', ')}`;
  });
  return texts.join('; ') || t('backtest.asNow');
}
