// Signs drawn as SVG: the product's mark, and the sign of a priority (shape, number and colour together, so that
// none of them alone carries the meaning; WCAG 1.4.1).

import type { Priority } from '#core/model/alert.ts';

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 3 28 12v16H4V12Z" />
      <circle cx="16" cy="18" r="4.5" />
    </svg>
  );
}

const SHAPES: Readonly<Record<Priority, string>> = {
  1: 'M18 1 35 18 18 35 1 18Z',
  2: 'M18 2 35 33H1Z',
  3: 'M18 2a16 16 0 1 1 0 32a16 16 0 1 1 0-32Z',
  4: 'M4 4h28v28H4Z',
  5: 'M4 10h28v16H4Z',
};

export function PrioritySign(props: { readonly priority: Priority; readonly isBlinking: boolean }) {
  const { priority, isBlinking } = props;
  return (
    <svg class={`sign p${priority}${isBlinking ? ' blinking' : ''}`} viewBox="0 0 36 36" aria-hidden="true">
      <path d={SHAPES[priority]} />
      <text x="18" y={priority === 2 ? 29 : 24.5} text-anchor="middle">
        {priority}
      </text>
    </svg>
  );
}
