// What is drawn on a chart's canvas besides its lines: hatched where nobody could see, a line at the alert. Sizes are
// in canvas pixels, which are finer than those of the page on a dense screen.

import type UPlot from 'uplot';

import type { Unseen } from './raster-model.ts';

const HATCH_PX = 8;
const HATCH_GROUND = '#eef1f3';
const HATCH_LINE = '#b9c2ca';
const ALERT = '#b3261e';

export function drawHatched(plot: UPlot, unseen: readonly Unseen[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  for (const { fromMs, toMs, deviceId } of unseen) {
    // A chart is of many devices: one of them being silent does not make the others' readings doubtful.
    if (deviceId !== null) continue;
    const left = Math.max(bbox.left, plot.valToPos(fromMs / 1000, 'x', true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(toMs / 1000, 'x', true));
    if (right - left >= 1) ctx.rect(left, bbox.top, right - left, bbox.height);
  }
  ctx.fillStyle = HATCH_GROUND;
  ctx.fill();
  ctx.clip();
  ctx.strokeStyle = HATCH_LINE;
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (let x = bbox.left - bbox.height; x < bbox.left + bbox.width; x += HATCH_PX) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
}

export function drawInstant(plot: UPlot, atMs: number): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(atMs / 1000, 'x', true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = ALERT;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
