// What the sensors say, and what they cannot say. "No data" is a state of its own: a device that is offline or was
// never seen proves nothing about the elder (promise P4).

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { ExplanationBox } from './explanation-box.tsx';
import {
  blindDevices,
  type DeviceOnCard,
  type GatewayOnCard,
  type HomeCard,
  latestMessage,
  type SourceStatus,
} from './home-card.ts';
import { ago, clockTime, percent, t, word } from './language.ts';
import { PrioritySign } from './mark.tsx';
import { focusOn } from './operator-input.ts';

export function Evidence() {
  const { queue, cards } = useDesk();
  const alert = queue.openAlert.value;
  const state = cards.state.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
    <aside class="evidence" tabIndex={0} aria-label={t('evidence.title')} data-testid="evidence">
      <div class="evidence-head">
        <h2>{t('evidence.title')}</h2>
        {alert?.homeId && (
          <button type="button" class="quiet" onClick={() => focusOn('history')}>
            {t('history.title')} <kbd>H</kbd>
          </button>
        )}
      </div>
      {alert === null && <p class="is-missing">{t('evidence.select')}</p>}
      {alert !== null && <ExplanationBox alert={alert} />}
      {alert !== null && <LastActivity alert={alert} />}
      {alert !== null && state.type === 'shown' && state.homeId === alert.homeId && (
        <>
          <LastMessage card={state.card} />
          <OtherAlerts alert={alert} />
          <Sources card={state.card} />
        </>
      )}
      {alert !== null && (
        <p class="alert-id">
          {t('evidence.id')} <code>{alert.id}</code>
        </p>
      )}
    </aside>
  );
}

/** Only what the rule itself says: the last message of a device is not an activity. */
function LastActivity({ alert }: { readonly alert: DeskAlert }) {
  const nowMs = useDesk().feed.nowMs.value;
  const { lastActivityAtMs, lastRoom, lastKind } = alert.explanation.params;
  if (typeof lastActivityAtMs !== 'number') return null;
  const where = [
    typeof lastRoom === 'string' ? word('room', lastRoom) : null,
    typeof lastKind === 'string' ? word('device', lastKind) : null,
  ];
  return (
    <section class="box">
      <h3>{t('evidence.lastActivity')}</h3>
      <p class="big">{ago(lastActivityAtMs, nowMs)}</p>
      <p>{[clockTime(lastActivityAtMs, nowMs), ...where].filter(Boolean).join(' · ')}</p>
    </section>
  );
}

function LastMessage({ card }: { readonly card: HomeCard }) {
  const nowMs = useDesk().feed.nowMs.value;
  const latest = latestMessage(card);
  if (latest === null) return null;
  return (
    <section class="box">
      <h3>{t('evidence.lastMessage')}</h3>
      <p class="big">{ago(latest.atMs, nowMs)}</p>
      <p>
        {word('room', latest.device.room)} · {word('device', latest.device.kind)}
      </p>
      <p class="hint">{t('evidence.lastMessageHint')}</p>
    </section>
  );
}

function OtherAlerts({ alert }: { readonly alert: DeskAlert }) {
  const { feed, queue } = useDesk();
  const others = [...feed.state.value.alerts.values()].filter(
    (other) => other.homeId === alert.homeId && other.id !== alert.id,
  );
  if (alert.homeId === null || others.length === 0) return null;
  return (
    <section class="box">
      <h3>{t('card.otherAlerts')}</h3>
      <ul class="others">
        {others.map((other) => (
          <li key={other.id}>
            <button type="button" class="quiet" onClick={() => queue.open(other.id)}>
              <PrioritySign priority={other.priority} isBlinking={false} />
              {word('kind', other.kind)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sources({ card }: { readonly card: HomeCard }) {
  const blind = blindDevices(card).length;
  return (
    <section class="box">
      <h3>{t('evidence.devices')}</h3>
      {blind > 0 && <p class="no-data-note">{t('evidence.blind', { count: blind })}</p>}
      {card.devices.length === 0 && <p class="is-missing">{t('evidence.noDevices')}</p>}
      <table class="sources">
        <thead>
          <tr>
            <th scope="col">{t('evidence.device')}</th>
            <th scope="col">{t('evidence.state')}</th>
            <th scope="col">{t('evidence.lastSeen')}</th>
          </tr>
        </thead>
        <tbody>
          {card.gateways.map((gateway) => (
            <GatewayRow key={gateway.gatewayId} gateway={gateway} />
          ))}
          {card.devices.map((device) => (
            <DeviceRow key={`${device.gatewayId}/${device.deviceId}`} device={device} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function GatewayRow({ gateway }: { readonly gateway: GatewayOnCard }) {
  return (
    <tr>
      <th scope="row">
        {t('evidence.gateway')} <span class="label">{gateway.gatewayId}</span>
      </th>
      <StatusCells status={gateway.status} />
    </tr>
  );
}

function DeviceRow({ device }: { readonly device: DeviceOnCard }) {
  return (
    <tr>
      <th scope="row">
        {word('room', device.room)} <span class="label">{word('device', device.kind)}</span>
      </th>
      <StatusCells status={device.status} />
    </tr>
  );
}

function StatusCells({ status }: { readonly status: SourceStatus | null }) {
  const nowMs = useDesk().feed.nowMs.value;
  const state = status?.state ?? 'unknown';
  const battery = status?.batteryPct ?? null;
  const seenAtMs = status?.lastSeenAtMs ?? null;
  return (
    <>
      <td class={`source-${state}`}>
        {word('state', state)}
        {battery !== null && <span class="label"> {percent(battery / 100)}</span>}
      </td>
      <td>{seenAtMs === null ? '—' : ago(seenAtMs, nowMs)}</td>
    </>
  );
}
