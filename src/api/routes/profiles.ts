// /profiles: the named packs of rule settings a district may have.

import type { ApiParts, ApiServer } from '#api/context.ts';
import { profilesAnswer } from '#api/schemas/service.ts';

export function profileRoutes(app: ApiServer, { profiles }: ApiParts): void {
  const schema = { tags: ['service'], response: { 200: profilesAnswer } };
  app.get('/profiles', { schema }, async () => profiles);
}
