// The history of the opened home: activity raster, charts, and the weeks behind a drift. Loaded after everything else
// (lazy-part.tsx), fetched behind everything else (history-loader.ts); when it closes, every fetch of it ends. Before
// the claim it has only what the service gives then.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from '../desk-context.ts';
import type { HomeCard } from '../home-card.ts';
import { t, word } from '../language.ts';
import { chartsOf, type TelemetryAnswer } from './chart-model.ts';
import { ChartPlot } from './chart-plot.tsx';
import { Failed } from './failed.tsx';
import { createHistoryLoader, type HistoryLoader } from './history-loader.ts';
import { RANGES } from './history-span.ts';
import { createHomeClock, type HomeClock } from './home-clock.ts';
import { openLiveSocket } from './live-tail.ts';
import { Raster } from './raster.tsx';
import { type ActivityAnswer, rasterRows } from './raster-model.ts';
import { RasterSummary } from './raster-summary.tsx';
import { Weeks } from './weeks.tsx';
import { usableZone } from './zone-clock.ts';

export interface HistoryProps {
  readonly alert: DeskAlert;
  readonly card: HomeCard;
}

const WIDTH_PX_LEAST = 240;

export function History({ alert, card }: HistoryProps) {
  const desk = useDesk();
  const place = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(place);
  const clock = createHomeClock(usableZone(card.home.timezone));
  const loader = useLoader({ alert, card }, clock.timeZone, place);
  const isFirst = useRef(true);
  const mayKnow = `${alert.id} ${desk.handling.holds(alert)}`;
  // What may be seen changes with the claim alone.
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else loader.claimChanged();
  }, [mayKnow]);
  return (
    <section
      class="box history"
      id="history"
      tabIndex={-1}
      aria-labelledby="history-title"
      data-testid="history"
    >
      <HistoryHead loader={loader} clock={clock} />
      <div class="history-width" ref={place} />
      {alert.kind === 'drift' && <Weeks alert={alert} homeId={card.home.homeId} />}
      <Activity loader={loader} alert={alert} clock={clock} widthPx={widthPx} />
      <Charts loader={loader} alert={alert} clock={clock} widthPx={widthPx} />
    </section>
  );
}

function useLoader(
  { alert, card }: HistoryProps,
  timeZone: string,
  place: { readonly current: HTMLElement | null },
) {
  const desk = useDesk();
  const shown = useRef(card);
  shown.current = card;
  const { homeId } = card.home;
  // One loader per home; the rest is read when it is needed.
  const loader = useMemo(
    () =>
      createHistoryLoader({
        api: desk.api,
        homeId,
        timeZone,
        alertAtMs: alert.raisedAtMs,
        now: () => desk.feed.nowMs.peek(),
        widthPx: () => place.current?.clientWidth ?? WIDTH_PX_LEAST,
        roomOf: (gatewayId, deviceId) =>
          shown.current.devices.find((one) => one.gatewayId === gatewayId && one.deviceId === deviceId)
            ?.room ?? null,
        openSource: openLiveSocket,
        onExpired: desk.expire,
      }),
    [homeId],
  );
  useEffect(() => {
    loader.start();
    return () => loader.stop();
  }, [loader]);
  return loader;
}

/** Follows the width of the section; a raster that is stretched by the browser is not sharp. */
function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [widthPx, setWidthPx] = useState(WIDTH_PX_LEAST);
  useEffect(() => {
    const element = place.current!;
    const observer = new ResizeObserver(() => setWidthPx(Math.max(WIDTH_PX_LEAST, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return widthPx;
}

function HistoryHead({ loader, clock }: { readonly loader: HistoryLoader; readonly clock: HomeClock }) {
  const isLive = loader.isLive.value;
  return (
    <div class="history-head">
      <h3 id="history-title">{t('history.title')}</h3>
      <span class={`live ${isLive ? 'is-live' : ''}`} data-testid="history-live">
        {t(isLive ? 'history.live' : 'history.notLive')}
      </span>
      {clock.isElsewhere && <span class="label">{t('history.zone', { zone: clock.timeZone })}</span>}
      <fieldset class="ranges" aria-label={t('history.range')}>
        {RANGES.map((range) => (
          <button
            key={range}
            type="button"
            class="quiet"
            aria-pressed={loader.range.value === range}
            onClick={() => loader.choose(range)}
          >
            {word('range', range)}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

interface PartProps {
  readonly loader: HistoryLoader;
  readonly alert: DeskAlert;
  readonly clock: HomeClock;
  readonly widthPx: number;
}

function Activity({ loader, alert, clock, widthPx }: PartProps) {
  const part = loader.activity.value;
  if (part.type === 'loading') return <p class="history-wait">{t('history.loading')}</p>;
  if (part.type === 'failed') return <Failed code={part.code} retry={() => loader.retry()} />;
  if (part.value.rooms.length === 0) return <p class="no-data-note">{t('history.noRooms')}</p>;
  return (
    <ActivityRaster
      answer={part.value}
      alert={alert}
      clock={clock}
      widthPx={widthPx}
      range={loader.range.value}
    />
  );
}

interface ActivityRasterProps extends Omit<PartProps, 'loader'> {
  readonly answer: ActivityAnswer;
  readonly range: HistoryLoader['range']['value'];
}

function ActivityRaster({ answer, alert, clock, widthPx, range }: ActivityRasterProps) {
  const rows = rasterRows(answer);
  const names = rows.map(({ room }) => (room === null ? t('history.noRoom') : word('room', room)));
  const { fromMs, stepMs } = answer;
  return (
    <>
      <Raster
        {...{ rows, names, fromMs, stepMs, range, widthPx }}
        timeZone={clock.timeZone}
        alertAtMs={alert.raisedAtMs}
        label={t('history.rasterLabel', { range: word('range', range) })}
        alertLabel={`${word('kind', alert.kind)} ${clock.dateTime(alert.raisedAtMs)}`}
        hourText={({ atMs, isMidnight }) => clock.axis(atMs, isMidnight)}
      />
      <Legend />
      <RasterSummary {...{ answer, rows, names }} timeText={clock.dateTime} />
    </>
  );
}

function Legend() {
  return (
    <ul class="legend">
      {(['active', 'quiet', 'unseen', 'alert'] as const).map((look) => (
        <li key={look}>
          <span class={`legend-${look}`} aria-hidden="true" /> {word('legend', look)}
        </li>
      ))}
    </ul>
  );
}

function Charts({ loader, ...rest }: PartProps) {
  const part = loader.charts.value;
  const activity = loader.activity.value;
  const unseen = activity.type === 'shown' ? activity.value.unseen : [];
  if (part.type === 'loading')
    return activity.type === 'shown' ? <p class="history-wait">{t('history.loadingCharts')}</p> : null;
  if (part.type === 'failed') return <Failed code={part.code} retry={() => loader.retry()} />;
  return <ChartList {...{ answer: part.value, unseen, loader, ...rest }} />;
}

interface ChartListProps extends PartProps {
  readonly answer: TelemetryAnswer;
  readonly unseen: ActivityAnswer['unseen'];
}

function ChartList({ loader, answer, unseen, alert, clock, widthPx }: ChartListProps) {
  const charts = useMemo(() => chartsOf(answer), [answer]);
  const withheld = answer.withheld.map((kind) => word('device', kind)).join(t('history.and'));
  return (
    <div class="charts">
      {withheld !== '' && <p class="masked-note">{t('history.withheld', { kinds: withheld })}</p>}
      {charts.length === 0 && withheld === '' && <p class="is-missing">{t('history.noCharts')}</p>}
      {charts.map((chart) => (
        <ChartPlot
          key={chart.kind}
          {...{ chart, unseen, widthPx }}
          fromMs={answer.fromMs}
          toMs={answer.toMs}
          timeZone={clock.timeZone}
          range={loader.range.peek()}
          alertAtMs={alert.raisedAtMs}
          timeText={clock.dateTime}
          axisText={clock.axis}
        />
      ))}
    </div>
  );
}
