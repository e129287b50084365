// Whom to call, in order. One click or key calls; a masked number is not a link, so that nobody dials asterisks.

import type { ContactOnCard, HomeCard } from './home-card.ts';
import { dialable } from './home-card.ts';
import { t } from './language.ts';

export function Contacts({ card }: { readonly card: HomeCard }) {
  const contacts = [...card.contacts].sort((a, b) => a.order - b.order);
  return (
    <section class="box" aria-labelledby="contacts-title" data-testid="contacts">
      <h3 id="contacts-title">{t('contacts.title')}</h3>
      {contacts.length === 0 && <p class="is-missing">{t('contacts.none')}</p>}
      <ol class="contacts">
        {contacts.map((contact, index) => (
          <Contact key={contact.contactId} contact={contact} order={index + 1} />
        ))}
      </ol>
    </section>
  );
}

function Contact({ contact, order }: { readonly contact: ContactOnCard; readonly order: number }) {
  const number = dialable(contact.phone);
  return (
    <li>
      <span class="contact-who">
        <strong>{contact.name}</strong>
        <span>{contact.relation}</span>
        <span class="contact-when">
          {[contact.availability, contact.canVisit ? t('contacts.canVisit') : null]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      {number === null ? (
        <span class="phone-masked">{contact.phone}</span>
      ) : (
        <a class="call" href={`tel:${number}`} data-contact={order}>
          {t('contacts.call')} <span class="visually-hidden">{contact.name}</span> {contact.phone}{' '}
          <kbd>{order === 1 ? 'C' : order}</kbd>
        </a>
      )}
    </li>
  );
}
