// One chart: the plotter's canvas, hatched where nobody could see, a line at the instant of the alert, and its figures
// in words below. The mean is the line and the extremes are the band, so that a peak of a minute does not vanish in a
// month.

import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';

import { language, t, word } from '../language.ts';
import type { Chart, ChartLine } from './chart-model.ts';
import { drawHatched, drawInstant } from './chart-signs.ts';
import { EDGE_PX, NAMES_PX, roomyMarks } from './history-layout.ts';
import { MARK_HOURS, type Range } from './history-span.ts';
import type { Unseen } from './raster-model.ts';
import { timeMarks } from './zone-clock.ts';

export interface ChartPlotProps {
  readonly chart: Chart;
  readonly fromMs: number;
  readonly toMs: number;
  readonly unseen: readonly Unseen[];
  readonly alertAtMs: number;
  readonly timeZone: string;
  readonly range: Range;
  readonly widthPx: number;
  readonly timeText: (atMs: number) => string;
  readonly axisText: (atMs: number, isMidnight: boolean) => string;
}

const HEIGHT_PX = 150;
const AXIS_PX = 26;
const INK = '#27323f';
const MUTED = '#4c5965';
const GRID = '#dde2e6';
const BAND = 'rgba(39, 50, 63, 0.16)';
const FONT = '12px system-ui, sans-serif';
/** Devices are told apart by dashes; colour means alarm. */
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3, 2, 3]];

export function ChartPlot(props: ChartPlotProps) {
  const { chart } = props;
  const place = useRef<HTMLDivElement>(null);
  // Drawn anew when what it shows changes, not at every reading.
  useEffect(() => {
    const plot = new UPlot(optionsOf(props), dataOf(chart), place.current!);
    return () => plot.destroy();
  }, [chart, props.unseen, props.widthPx, props.alertAtMs, language.value]);
  return (
    <figure class="chart" data-testid={`chart-${chart.kind}`}>
      <figcaption>
        <strong>{word('device', chart.kind)}</strong> {chart.unit}
      </figcaption>
      <div ref={place} aria-hidden="true" />
      <ul class="chart-figures">
        {chart.lines.map((line, index) => (
          <li key={`${line.deviceId} ${line.part}`}>
            {chart.lines.length > 1 && <Dash index={index} />} {lineName(line)}{' '}
            {t('history.figures', {
              latest: figure(line.latest.value),
              time: props.timeText(line.latest.atMs),
              lowest: figure(line.lowest),
              highest: figure(line.highest),
            })}
          </li>
        ))}
      </ul>
    </figure>
  );
}

function lineName({ room, deviceId, part }: ChartLine): string {
  const where = room === null ? deviceId : word('room', room);
  return part === 'value' ? where : `${where} ${word('part', part)}`;
}

function figure(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function Dash({ index }: { readonly index: number }) {
  return (
    <svg class="chart-dash" width="28" height="8" aria-hidden="true">
      <line x1="0" x2="28" y1="4" y2="4" stroke-dasharray={DASHES[index % DASHES.length]!.join(' ')} />
    </svg>
  );
}

function dataOf({ atS, lines }: Chart): UPlot.AlignedData {
  return [[...atS], ...lines.flatMap(({ mean, max, min }) => [[...mean], [...max], [...min]])];
}

function optionsOf(props: ChartPlotProps): UPlot.Options {
  const { chart, fromMs, toMs, timeZone, widthPx, unseen, alertAtMs, axisText } = props;
  const all = timeMarks({ fromMs, toMs, everyHours: MARK_HOURS[props.range], timeZone });
  const plotPx = widthPx - NAMES_PX - EDGE_PX;
  const xOf = (atMs: number): number => NAMES_PX + ((atMs - fromMs) * plotPx) / (toMs - fromMs);
  const marks = roomyMarks(all, xOf, widthPx);
  const hidden = { stroke: 'transparent', points: { show: false } };
  const axis = { stroke: MUTED, font: FONT, grid: { stroke: GRID, width: 1 }, ticks: { show: false } };
  return {
    width: widthPx,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, EDGE_PX, 0, 0],
    scales: { x: { time: true, range: () => [fromMs / 1000, toMs / 1000] } },
    axes: [
      {
        ...axis,
        size: AXIS_PX,
        splits: () => marks.map(({ atMs }) => atMs / 1000),
        values: () => marks.map(({ atMs, isMidnight }) => axisText(atMs, isMidnight)),
      },
      { ...axis, size: NAMES_PX },
    ],
    series: [
      {},
      ...chart.lines.flatMap((_, index) => [
        {
          stroke: INK,
          width: 1.5,
          dash: [...DASHES[index % DASHES.length]!],
          points: { size: 4, fill: INK },
        },
        hidden,
        hidden,
      ]),
    ],
    bands: chart.lines.map((_, index) => ({
      series: [index * 3 + 2, index * 3 + 3] as [number, number],
      fill: BAND,
    })),
    hooks: {
      drawClear: [(plot) => drawHatched(plot, unseen)],
      draw: [(plot) => drawInstant(plot, alertAtMs)],
    },
  };
}
