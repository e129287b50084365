// The actions on the open alert. What cannot be done now is not offered; what was asked and not yet answered says so.

import type { ComponentChildren } from 'preact';

import type { DeskAlert } from '#core/model/desk-message.ts';
import { useDesk } from './desk-context.ts';
import { stopwatch, t } from './language.ts';
import { focusOn, openClosePanel } from './operator-input.ts';
import { holderText } from './queue-row.tsx';
import { isUnclaimed } from './store.ts';

/** From here on the countdown is shown as a warning. */
const RUNNING_OUT_MS = 30_000;

export function AlertActions({ alert }: { readonly alert: DeskAlert }) {
  const desk = useDesk();
  if (isUnclaimed(alert)) return <Unclaimed alert={alert} />;
  if (desk.handling.holds(alert)) return <Mine alert={alert} />;
  return (
    <div class="actions">
      <p class="holder" data-testid="holder">
        {holderText(alert, desk.session.nameOf)}
      </p>
      <Button onClick={() => focusOn('note-text')} keyName="N">
        {t('action.note')}
      </Button>
    </div>
  );
}

function Unclaimed({ alert }: { readonly alert: DeskAlert }) {
  const desk = useDesk();
  const isPending = desk.handling.pending.value.has(alert.id);
  return (
    <div class="actions">
      <Button
        isPrimary
        isDisabled={isPending}
        onClick={() => void desk.claim(alert.id)}
        keyName={t('key.space')}
      >
        {t(isPending ? 'action.pending' : 'action.claim')}
      </Button>
      <p class="hint">{t('action.claimHint')}</p>
    </div>
  );
}

function Mine({ alert }: { readonly alert: DeskAlert }) {
  const desk = useDesk();
  const { handling } = desk;
  const isPending = handling.pending.value.has(alert.id);
  const isAcknowledged = alert.handling === 'in-progress';
  return (
    <div class="actions">
      {isAcknowledged ? (
        <p class="acknowledged">✓ {t('action.acknowledged')}</p>
      ) : (
        <Button
          isPrimary
          isDisabled={isPending}
          onClick={() => void handling.acknowledge(alert.id)}
          keyName="A"
        >
          {t('action.acknowledge')}
        </Button>
      )}
      <Button
        isPrimary={isAcknowledged}
        isDisabled={isPending}
        onClick={() => openClosePanel(desk)}
        keyName="R"
      >
        {t('action.close')}
      </Button>
      <Button isDisabled={isPending} onClick={() => focusOn('note-text')} keyName="N">
        {t('action.note')}
      </Button>
      <Button isDisabled={isPending} onClick={() => void handling.release(alert.id)}>
        {t('action.release')}
      </Button>
      {isPending && (
        <span class="pending" role="status">
          {t('action.pending')}
        </span>
      )}
    </div>
  );
}

/** How long the claim holds without another action. */
export function Lease({ alert }: { readonly alert: DeskAlert }) {
  const leftMs = (alert.claim?.expiresAtMs ?? 0) - useDesk().feed.nowMs.value;
  const classes = leftMs < RUNNING_OUT_MS ? 'card-figure lease is-running-out' : 'card-figure lease';
  return (
    <div class={classes} title={t('claim.hint')} data-testid="lease">
      <span>{t('claim.left')}</span>
      <time>{stopwatch(leftMs)}</time>
    </div>
  );
}

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
  readonly keyName?: string;
}

function Button({ children, onClick, isPrimary = false, isDisabled = false, keyName }: ButtonProps) {
  return (
    <button type="button" class={isPrimary ? 'primary' : ''} disabled={isDisabled} onClick={onClick}>
      {children}
      {keyName !== undefined && <kbd>{keyName}</kbd>}
    </button>
  );
}
