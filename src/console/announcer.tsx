// Says news to screen readers: emergencies assertively, everything else politely (WCAG 4.1.3).

import { useEffect, useState } from 'preact/hooks';

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { t, word } from './language.ts';
import { isUnclaimed } from './store.ts';

export function Announcer() {
  const { feed } = useDesk();
  const alerts = feed.state.value.alerts;
  const [known, setKnown] = useState<ReadonlySet<string>>(() => new Set(alerts.keys()));
  const [said, setSaid] = useState<DeskAlert | null>(null);
  useEffect(() => {
    const fresh = [...alerts.values()].filter((alert) => !known.has(alert.id) && isUnclaimed(alert));
    const most = fresh.sort((a, b) => a.priority - b.priority)[0];
    if (most !== undefined) setSaid(most);
    setKnown(new Set(alerts.keys()));
  }, [alerts]);
  const text = said === null ? '' : sentence(said);
  return (
    <div class="visually-hidden">
      <div role="alert" data-testid="announced">
        {said?.priority === 1 ? text : ''}
      </div>
      <div role="status">{said?.priority === 1 ? '' : text}</div>
    </div>
  );
}

function sentence(alert: DeskAlert): string {
  return t('announce.raised', {
    priority: word('priority', String(alert.priority)),
    kind: word('kind', alert.kind),
    name: alert.home?.maskedElderName ?? t('row.noHome'),
    place: alert.home?.districtName ?? alert.districtCode,
  });
}
