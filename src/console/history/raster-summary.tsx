// The raster in words: what was last seen where, for how long nobody could see, and why. For screen readers, for who
// cannot tell the shades apart, and for reading out on the telephone.

import { duration, t, word } from '../language.ts';
import type { ActivityAnswer, RasterRow, Unseen } from './raster-model.ts';
import { toldUnseen } from './raster-model.ts';

export interface SummaryProps {
  readonly answer: ActivityAnswer;
  readonly rows: readonly RasterRow[];
  readonly names: readonly string[];
  readonly timeText: (atMs: number) => string;
}

/** Reasons that are told one by one; a day of a bad line may have hundreds. */
const TOLD_MAX = 6;

export function RasterSummary({ answer, rows, names, timeText }: SummaryProps) {
  const unseen = toldUnseen(answer);
  return (
    <>
      {unseen.length > 0 && <UnseenList unseen={unseen} timeText={timeText} />}
      <details class="raster-table">
        <summary>{t('history.asTable')}</summary>
        <table class="sources">
          <thead>
            <tr>
              <th scope="col">{t('history.room')}</th>
              <th scope="col">{t('history.lastSign')}</th>
              <th scope="col">{t('history.signs')}</th>
              <th scope="col">{t('history.noData')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row.room}>
                <th scope="row">{names[index]}</th>
                <td>{row.lastSignAtMs === null ? t('history.noSign') : timeText(row.lastSignAtMs)}</td>
                <td>{row.signCount}</td>
                <td>{row.unseenMs === 0 ? '—' : duration(row.unseenMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

interface UnseenListProps {
  readonly unseen: readonly Unseen[];
  timeText(atMs: number): string;
}

function UnseenList({ unseen, timeText }: UnseenListProps) {
  return (
    <div class="no-data-note" data-testid="history-no-data">
      <p>{t('history.noDataMeans')}</p>
      <ul>
        {unseen.slice(0, TOLD_MAX).map(({ fromMs, toMs, reason, gatewayId, deviceId }) => (
          <li key={`${reason} ${gatewayId} ${deviceId} ${fromMs}`}>
            {timeText(fromMs)}–{timeText(toMs)} · {word('unseen', reason)} {deviceId ?? gatewayId}
          </li>
        ))}
      </ul>
      {unseen.length > TOLD_MAX && <p>{t('history.more', { count: unseen.length - TOLD_MAX })}</p>}
    </div>
  );
}
