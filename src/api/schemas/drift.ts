// Schemas of a home's weeks: the plot behind a notice of slow drift.

import { Type } from 'typebox';

export const weeksAnswer = Type.Object({
  weeks: Type.Array(
    Type.Object({
      endsAtMs: Type.Number({ description: 'Monday 04:00 of the home’s clock' }),
      seenDays: Type.Number({
        description: '0–7: days that were lived there and seen; under 3.5 it says little',
      }),
      sleep: Type.Number({ description: 'Minutes of rest per night' }),
      activity: Type.Number({ description: 'Signs of life per day' }),
      'night-toilet': Type.Number({ description: 'Visits to the bathroom per night, 22:00–06:00' }),
      outings: Type.Number({ description: 'Per week' }),
    }),
    { description: 'Weeks that have ended, oldest first; at most 13' },
  ),
});
