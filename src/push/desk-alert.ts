// Makes the JSON of an alert as a screen sees it: the alert with the masked label of its home. Serialised
// once per alert version and label, however many screens look: a snapshot of thousands is then a join of
// ready strings. A label that cannot be had never holds an alarm back: the alert goes out without it.

import type { Alert } from '#core/model/alert.ts';
import type { DeskAlert } from '#core/model/desk-message.ts';

export type DeskHome = NonNullable<DeskAlert['home']>;
/** From memory, at once; null when the home is not known. */
export type FindHomeLabel = (homeId: string) => DeskHome | null;

interface Encoded {
  readonly label: DeskHome | null;
  readonly json: string;
}

/** `onLabelError` is told when the label could not be had. */
export function createDeskAlertEncoder(
  findHomeLabel: FindHomeLabel,
  onLabelError: (error: unknown) => void,
): (alert: Alert) => string {
  // Keyed by the alert object: alerts are never changed in place, every version is another object.
  const encoded = new WeakMap<Alert, Encoded>();

  function labelOf(alert: Alert): DeskHome | null {
    if (alert.homeId === null) return null;
    try {
      return findHomeLabel(alert.homeId);
    } catch (error) {
      onLabelError(error);
      return null;
    }
  }

  return (alert) => {
    const label = labelOf(alert);
    const before = encoded.get(alert);
    if (before && isSameLabel(before.label, label)) return before.json;
    const json = JSON.stringify({ ...alert, home: label && onlyShown(label) } satisfies DeskAlert);
    encoded.set(alert, { label, json });
    return json;
  };
}

/** Exactly the fields of the contract: whatever else a label carries stays here. */
function onlyShown(label: DeskHome): DeskHome {
  const { districtName, maskedElderName, age, maskedAddress } = label;
  return { districtName, maskedElderName, age, maskedAddress };
}

function isSameLabel(a: DeskHome | null, b: DeskHome | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.districtName === b.districtName &&
    a.maskedElderName === b.maskedElderName &&
    a.age === b.age &&
    a.maskedAddress === b.maskedAddress
  );
}
