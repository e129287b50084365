// Which action a key means. Pure: the caller says where the focus is and does the action.
// Single-character keys can be switched off (WCAG 2.1.4); arrows, Enter and Escape cannot, they harm nobody.
// Keys of a typing person are theirs: nothing is taken inside a text field, nor with Ctrl, Alt or Meta.

export type Action =
  | {
      readonly type:
        | 'claim'
        | 'open'
        | 'note'
        | 'acknowledge'
        | 'close'
        | 'silence'
        | 'history'
        | 'filter'
        | 'help'
        | 'escape';
    }
  | { readonly type: 'move'; readonly by: 1 | -1 }
  | { readonly type: 'call'; readonly order: number };

/** `row`: a row of the queue has the focus; `control`: another button, link or choice. */
export type FocusPlace = 'page' | 'row' | 'control' | 'text';

export interface KeyPress {
  readonly key: string;
  readonly hasModifier: boolean;
  readonly isRepeat: boolean;
}

const LETTERS: Readonly<Record<string, Action>> = {
  j: { type: 'move', by: 1 },
  k: { type: 'move', by: -1 },
  c: { type: 'call', order: 1 },
  n: { type: 'note' },
  a: { type: 'acknowledge' },
  r: { type: 'close' },
  s: { type: 'silence' },
  h: { type: 'history' },
  '/': { type: 'filter' },
  '?': { type: 'help' },
};

export function actionOf(press: KeyPress, place: FocusPlace, hasShortcuts: boolean): Action | null {
  if (press.hasModifier) return null;
  if (press.key === 'Escape') return { type: 'escape' };
  if (place === 'text') return null;
  return moveOf(press, place) ?? (hasShortcuts && !press.isRepeat ? characterOf(press.key, place) : null);
}

function moveOf(press: KeyPress, place: FocusPlace): Action | null {
  // Arrows inside a group of choices belong to the group.
  if (place === 'control') return null;
  if (press.key === 'ArrowDown') return { type: 'move', by: 1 };
  if (press.key === 'ArrowUp') return { type: 'move', by: -1 };
  if (press.key === 'Enter' && !press.isRepeat) return { type: 'open' };
  return null;
}

function characterOf(key: string, place: FocusPlace): Action | null {
  if (key === ' ') return place === 'control' ? null : { type: 'claim' };
  if (/^[1-9]$/.test(key)) return { type: 'call', order: Number(key) };
  return LETTERS[key.toLowerCase()] ?? null;
}
