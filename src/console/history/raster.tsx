// Draws the activity raster: one row per room, one cell per step, the hours below, the instant of the alert across. One
// path per row and look, not one element per cell. "No data" is hatched, and is a shade of its own for who cannot see
// hatching. The picture is for the eyes; the words for everybody are in raster-summary.tsx.

import { EDGE_PX, NAMES_PX, roomyMarks } from './history-layout.ts';
import { MARK_HOURS, type Range } from './history-span.ts';
import { type Cell, type RasterRow, runsOf } from './raster-model.ts';
import { type TimeMark, timeMarks } from './zone-clock.ts';

export interface RasterProps {
  readonly rows: readonly RasterRow[];
  readonly names: readonly string[];
  readonly fromMs: number;
  readonly stepMs: number;
  readonly range: Range;
  readonly timeZone: string;
  readonly alertAtMs: number;
  readonly widthPx: number;
  readonly label: string;
  readonly alertLabel: string;
  readonly hourText: (mark: TimeMark) => string;
}

const ROW_PX = 22;
const GAP_PX = 3;
const AXIS_PX = 20;
const TOP_PX = 14;

export function Raster(props: RasterProps) {
  const { rows, names, fromMs, stepMs, widthPx, alertAtMs } = props;
  const cellCount = Math.max(1, ...rows.map(({ cells }) => cells.length));
  const plotPx = Math.max(1, widthPx - NAMES_PX - EDGE_PX);
  const x = (cell: number): number => NAMES_PX + Math.round((cell * plotPx) / cellCount);
  const heightPx = TOP_PX + rows.length * (ROW_PX + GAP_PX);
  const untilMs = fromMs + cellCount * stepMs;
  const xOf = (atMs: number): number => x((atMs - fromMs) / stepMs);
  return (
    <svg class="raster" width={widthPx} height={heightPx + AXIS_PX} role="img" aria-label={props.label}>
      <defs>
        <pattern
          id="raster-hatch"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect class="raster-hatch-ground" width="6" height="6" />
          <rect class="raster-hatch-line" width="2" height="6" />
        </pattern>
      </defs>
      <Marks {...props} untilMs={untilMs} xOf={xOf} heightPx={heightPx} />
      {rows.map((row, index) => (
        <Row key={row.room} row={row} name={names[index]!} y={TOP_PX + index * (ROW_PX + GAP_PX)} x={x} />
      ))}
      {alertAtMs >= fromMs && alertAtMs <= untilMs && (
        <g>
          <line
            class="raster-alert-line"
            x1={xOf(alertAtMs)}
            x2={xOf(alertAtMs)}
            y1={TOP_PX - 4}
            y2={heightPx + 2}
          />
          <path class="raster-alert-head" d={`M${xOf(alertAtMs) - 5} 2h10l-5 9z`} />
          <title>{props.alertLabel}</title>
        </g>
      )}
    </svg>
  );
}

interface RowProps {
  readonly row: RasterRow;
  readonly name: string;
  readonly y: number;
  x(cell: number): number;
}

function Row({ row, name, y, x }: RowProps) {
  const paths = new Map<Cell, string>();
  for (const { cell, from, to } of runsOf(row.cells)) {
    const box = `M${x(from)} ${y}H${x(to)}v${ROW_PX}H${x(from)}z`;
    paths.set(cell, (paths.get(cell) ?? '') + box);
  }
  return (
    <g>
      <text class="raster-name" x="0" y={y + ROW_PX - 6}>
        {name}
      </text>
      {[...paths].map(([cell, d]) => (
        <path
          key={cell}
          class={`cell-${cell}`}
          d={d}
          fill={cell === 'unseen' ? 'url(#raster-hatch)' : undefined}
        />
      ))}
    </g>
  );
}

interface MarksProps extends RasterProps {
  readonly untilMs: number;
  readonly heightPx: number;
  xOf(atMs: number): number;
}

function Marks({ fromMs, untilMs, range, timeZone, heightPx, xOf, hourText, widthPx }: MarksProps) {
  const marks = timeMarks({ fromMs, toMs: untilMs, everyHours: MARK_HOURS[range], timeZone });
  const labelled = new Set(roomyMarks(marks, xOf, widthPx));
  return (
    <g class="raster-marks">
      {marks.map((mark) => {
        const at = xOf(mark.atMs);
        return (
          <g key={mark.atMs} class={mark.isMidnight ? 'is-midnight' : ''}>
            <line x1={at} x2={at} y1={TOP_PX} y2={heightPx + 2} />
            {labelled.has(mark) && (
              <text x={at} y={heightPx + 15}>
                {hourText(mark)}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}
