// A part of the screen whose code is fetched when it is first needed. Until then, and when it cannot be had, there are
// words in its place; the rest of the screen does not know of it. An error while it draws stays inside as well.

import { signal } from '@preact/signals';
import { Component, type ComponentChildren, type FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';

import { t } from './language.ts';

type Loaded<P> =
  | { readonly type: 'none' }
  | { readonly type: 'failed' }
  | { readonly type: 'shown'; readonly part: FunctionComponent<P> };

/** The component that `load` will give. A browser does not fetch a failed module twice, so the advice is to reload. */
export function lazyPart<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  const loaded = signal<Loaded<P>>({ type: 'none' });
  let isAsked = false;
  const ask = (): void => {
    if (isAsked) return;
    isAsked = true;
    load().then(
      (part) => {
        loaded.value = { type: 'shown', part };
      },
      () => {
        loaded.value = { type: 'failed' };
      },
    );
  };
  return function LazyPart(props: P) {
    useEffect(ask, []);
    const state = loaded.value;
    if (state.type === 'failed') return <p class="box box-problem">{t('part.failed')}</p>;
    if (state.type === 'none') return <p class="box history-wait">{t('part.loading')}</p>;
    const Part = state.part;
    return (
      <Fence>
        <Part {...props} />
      </Fence>
    );
  };
}

/** A chart that throws must not take the alarm beside it off the screen. */
class Fence extends Component<{ readonly children: ComponentChildren }, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static override getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true };
  }

  override render() {
    if (this.state.isBroken) return <p class="box box-problem">{t('part.broken')}</p>;
    return this.props.children;
  }
}
