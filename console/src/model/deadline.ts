/** How much of a time limit is used: green to 80 %, yellow to 100 %, then red. */

import type { Deadline } from './incident';

export type Light = 'green' | 'yellow' | 'red';

export interface Used {
  light: Light;
  /** 0 at the start, 1 at the limit, above 1 when overdue */
  share: number;
  /** negative when overdue */
  left_ms: number;
}

/** Judge `deadline` at `now_ms`; the server says when it turns yellow, for only it knows the working time. */
export function judge(deadline: Deadline, now_ms: number): Used {
  const at_ms = Date.parse(deadline.at);
  const start_ms = Date.parse(deadline.started_at);
  const span_ms = at_ms - start_ms;
  const share = span_ms > 0 ? Math.max(0, (now_ms - start_ms) / span_ms) : 1;
  return { light: lightOf(deadline, now_ms), share, left_ms: at_ms - now_ms };
}

function lightOf(deadline: Deadline, now_ms: number): Light {
  if (now_ms >= Date.parse(deadline.at)) return 'red';
  return now_ms >= Date.parse(deadline.yellow_at) ? 'yellow' : 'green';
}
