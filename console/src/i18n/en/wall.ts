/** English words of the wall, the domains and the rooms. */

import type { wall as chinese } from '../zh/wall';

export const wall: Record<keyof typeof chinese, string> = {
  'wall.open': 'Open incidents',
  'wall.unseen': 'Unacknowledged',
  'wall.late': 'Overdue',
  'wall.domains': 'Sensors by domain',
  'wall.allNormal': 'All normal',
  'wall.load': 'Tasks by department',
  'wall.noTasks': 'No tasks under way',
  'wall.happenings': 'Lately',
  'wall.vitals': 'Vital signs',
  'vital.meanSpeed': 'Mean speed',
  'vital.slowest': 'Slowest road',
  'vital.rain': 'Heaviest rain',
  'vital.water': 'Deepest water',
  'vital.pm25': 'Highest PM2.5',
  'vital.wind': 'Strongest wind',
  'vital.inlet': 'Hottest rack inlet',
  'wall.quiet': 'Nothing yet',

  'domain.traffic': 'Traffic',
  'domain.environment': 'Environment',
  'domain.video': 'Video',
  'domain.machine_room': 'Machine rooms',
  'domain.highest': '{quantity} · highest',
  'domain.lowest': '{quantity} · lowest',
  'domain.sensors': 'Sensors, worst first',
  'domain.incidents': 'Open incidents of this domain',
  'domain.none': 'There is no such domain',
  'domain.noRooms': 'No machine-room sensors are registered',

  'room.hottest': 'Hottest inlet',
  'room.coldest': 'Coolest inlet',
  'room.wettest': 'Highest humidity',
  'room.supply': 'Warmest supply air',
  'room.load': 'Highest UPS load',
  'room.battery': 'Lowest battery',
  'room.racks': 'Rack inlets',
  'room.yes': 'alarm',
  'room.no': 'none',
};
