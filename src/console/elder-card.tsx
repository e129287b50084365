// Who lives there and how to get in. Masked fields are shown as they come; nothing is guessed.

import type { ComponentChildren } from 'preact';

import { useDesk } from './desk-context.ts';
import { addressLine, dialable, type ElderOnCard, type HomeCard } from './home-card.ts';
import { t, word } from './language.ts';

export function ElderCard({ card }: { readonly card: HomeCard }) {
  const { home } = card;
  return (
    <section class="box" aria-label={t('card.title')} data-testid="elder">
      {card.elders.length === 0 && <p>{t('card.noElder')}</p>}
      {card.elders.map((elder) => (
        <Elder key={elder.elderId} elder={elder} livingType={home.livingType} />
      ))}
      <p class="address">{addressLine(home.address)}</p>
      <dl class="facts">
        <Field label={t('card.keySafe')} value={home.access.keySafe} isMasked={card.masked} />
        <Field label={t('card.doorCode')} value={home.access.doorCode} isMasked={card.masked} />
        <Field label={t('card.keyholder')} value={home.access.keyholder} isMasked={card.masked} />
        <Field label={t('card.grid')} value={home.address.grid} isMasked={card.masked} />
      </dl>
    </section>
  );
}

interface ElderProps {
  readonly elder: ElderOnCard;
  readonly livingType: HomeCard['home']['livingType'];
}

function Elder({ elder, livingType }: ElderProps) {
  const year = new Date(useDesk().feed.nowMs.value).getFullYear();
  const about = [
    word('sex', elder.sex),
    elder.birthYear === null ? null : t('row.age', { age: year - elder.birthYear }),
    word('living', livingType),
    word('ability', String(elder.abilityLevel)),
    elder.languages.join(', '),
  ];
  return (
    <div class="elder">
      <h3>{elder.name}</h3>
      <p class="elder-about">{about.filter(Boolean).join(' · ')}</p>
      <Phone phone={elder.phone} />
      <Health elder={elder} />
    </div>
  );
}

function Phone({ phone }: { readonly phone: string | null }) {
  const number = dialable(phone);
  if (phone === null) return null;
  return (
    <p class="elder-phone">
      {t('card.phone')} {number === null ? <span>{phone}</span> : <a href={`tel:${number}`}>{phone}</a>}
    </p>
  );
}

function Health({ elder }: { readonly elder: ElderOnCard }) {
  const lines = [
    [t('card.risks'), elder.risks],
    [t('card.conditions'), elder.conditions],
    [t('card.allergies'), elder.allergies],
  ] as const;
  return (
    <ul class="health" aria-label={t('card.health')}>
      {lines
        .filter(([, items]) => items.length > 0)
        .map(([label, items]) => (
          <li key={label}>
            <span class="label">{label}</span> {items.join(', ')}
          </li>
        ))}
    </ul>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string | null;
  readonly isMasked: boolean;
}

function Field({ label, value, isMasked }: FieldProps): ComponentChildren {
  const missing = isMasked ? 'card.hidden' : 'card.unknown';
  return (
    <div>
      <dt>{label}</dt>
      <dd class={value === null ? 'is-missing' : ''}>{value ?? t(missing)}</dd>
    </div>
  );
}
