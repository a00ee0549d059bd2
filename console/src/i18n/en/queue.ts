/** English words of the queue and its filters. */

import type { queue as chinese } from '../zh/queue';

export const queue: Record<keyof typeof chinese, string> = {
  'priority.1': 'Immediate',
  'priority.2': 'Urgent',
  'priority.3': 'Prompt',
  'priority.4': 'Routine',
  'priority.5': 'Low',

  'queue.title': 'Linkage queue',
  'queue.all': 'All',
  'queue.empty': 'No open incidents',
  'queue.count': '{shown} of {all} shown',
  'queue.countMany': '{shown} of more than {all} shown',
  'queue.unacknowledged': 'Unacknowledged',
  'queue.unconfirmed': 'To be confirmed',
  'queue.passedDown': "District's",
  'queue.recovered': 'Recovered',
  'queue.recorded': 'Recording',
  'queue.drill': 'Drill',
  'queue.alarms': '{count} alarms',
  'queue.age': '{time} ago',

  'filter.title': 'Filter',
  'filter.scope': 'Scope',
  'filter.open': 'Open',
  'filter.ended': 'Ended',
  'filter.jurisdiction': 'Level that works on it',
  'filter.anyLevel': 'Any level',
  'filter.city': 'City',
  'filter.county': 'County',
  'filter.search': 'Number, title, place, note',
  'filter.all': 'All',
  'filter.priority': 'Priority',
  'filter.state': 'State',
  'filter.domain': 'Domain',
  'filter.department': 'Department',
  'filter.district': 'District',
  'filter.class': 'Class',
  'filter.mine': 'Only those with a part of mine',
  'filter.clear': 'Clear filters',
};
