// Changes the language at once, without reload. Shows the other language by its own name.

import { language, t } from './language.ts';
import { LANGUAGE_NAMES } from './zh.ts';

export function LanguageSwitch() {
  const other = language.value === 'zh' ? 'en' : 'zh';
  return (
    <button
      type="button"
      class="quiet"
      lang={other === 'zh' ? 'zh-CN' : 'en'}
      title={t('bar.language')}
      data-testid="language"
      onClick={() => {
        language.value = other;
      }}
    >
      {LANGUAGE_NAMES[other]}
    </button>
  );
}
