// GET /api/v1/desk: who may open the desk socket, on which alarms come.

import type { DeskHub, DeskViewer } from '#push/hub.ts';
import type { Registry, StaffRecord } from '#registry/registry.ts';
import { accessOf, mayUse } from './authorize.ts';
import { type AdmissionParts, admit, createUpgrade, type HandleUpgrade, targetOf } from './upgrade.ts';

export const DESK_PATH = '/api/v1/desk';

export interface DeskUpgradeOptions extends AdmissionParts {
  readonly hub: Pick<DeskHub, 'accept'>;
  readonly onError: (error: unknown) => void;
}

/** Handles an upgrade of `DESK_PATH`; any other path gets 404. */
export function createDeskUpgrade(options: DeskUpgradeOptions): HandleUpgrade {
  return createUpgrade(async (request, socket, head) => {
    const url = targetOf(request);
    if (url === null) return 400;
    if (url.pathname !== DESK_PATH) return 404;
    const caller = await admit(request, options, DESK_PATH);
    if (typeof caller === 'number') return caller;
    const { staff, sessionId } = caller;
    const visit = { viewer: viewerOf(staff), sessionId, cursor: url.searchParams.get('cursor') };
    return () => options.hub.accept(request, socket, head, visit);
  }, options.onError);
}

/** The viewer of a session as the hub needs it, for its checks of running sessions. */
export function createViewerOf(
  registry: Pick<Registry, 'session'>,
): (sessionId: string) => Promise<DeskViewer | null> {
  return async (sessionId) => {
    const session = await registry.session(sessionId);
    if (!session || !mayUse(accessOf('GET', DESK_PATH), session.staff.role)) return null;
    return viewerOf(session.staff);
  };
}

function viewerOf({ staffId, districtCode }: StaffRecord): DeskViewer {
  return { staffId, districtCode };
}
