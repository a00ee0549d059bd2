/** Line icons of the navigation and controls as path data in a box of 20 by 20. */

export const ICONS = {
  overview: 'M3 3h8v6H3zM13 3h4v6h-4zM3 11h4v6H3zM9 11h8v6H9z',
  wall: 'M2 3.5h16v10H2zM10 13.5V17M6 17h8',
  map: 'M2.5 5 7.5 3l5 2 5-2v12l-5 2-5-2-5 2zM7.5 3v12M12.5 5v12',
  queue: 'M3 5h3M3 10h3M3 15h3M9 5h8M9 10h8M9 15h8',
  tasks: 'M3 5.5 4.5 7 7 3.8M3 13.5 4.5 15 7 11.8M10 5.5h7M10 13.5h7',
  traffic: 'M7 2h6v16H7zM10 5.2v.1M10 10v.1M10 14.8v.1',
  environment: 'M10 2.5c3 4 4.8 6.3 4.8 9a4.8 4.8 0 0 1-9.6 0c0-2.7 1.8-5 4.8-9z',
  video: 'M2.5 6h10v8h-10zM12.5 9.5l5-3v7l-5-3',
  machine_room: 'M4 2.5h12v15H4zM4 7.5h12M4 12.5h12M7 5v.1M7 10v.1M7 15v.1',
  roster: 'M3 4h14v13H3zM3 8h14M7 2.5v3M13 2.5v3M6.5 11h2M11.5 11h2M6.5 14h2',
  report: 'M10 3v14M3 10h14',
  plans: 'M4 3h9l3 3v11H4zM7 9h6M7 12h6M7 15h4',
  callbacks:
    'M4 3h3l1.5 4-2 1.5a10 10 0 0 0 5 5l1.5-2 4 1.5v3c0 .8-.7 1.4-1.5 1.3C8.6 16.7 3.3 11.4 2.7 4.5 2.6 3.7 3.2 3 4 3z',
  camera: 'M2.5 6h3L7 4h6l1.5 2h3v10h-15zM10 8a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
  discovery: 'M9 3a6 6 0 1 1 0 12A6 6 0 0 1 9 3zM13.5 13.5 17.5 17.5',
  quarantine: 'M10 2.5 17 5v5c0 4-3 6.5-7 7.5-4-1-7-3.5-7-7.5V5zM7.5 7.5l5 5M12.5 7.5l-5 5',
  equipment: 'M10 3v4M10 13v4M3 10h4M13 10h4M10 7a3 3 0 1 1 0 6a3 3 0 0 1 0-6z',
  rules: 'M4 3h12v14H4zM7 7h6M7 10h6M7 13h3',
  shadow: 'M4 3h9v12H4zM16 6v11H7M7 7h3M7 10h3',
  backtest: 'M10 4a6 6 0 1 1-5.2 3M4 3v4.5h4.5M10 7v3.5l2.5 1.5',
  evaluation: 'M3 17V3M3 17h14M6.5 14v-4M10 14V6M13.5 14V9',
  access: 'M2 10c2-3.5 4.8-5 8-5s6 1.5 8 5c-2 3.5-4.8 5-8 5s-6-1.5-8-5zM10 7.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
  users:
    'M7.5 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM2 17c0-3.5 2.5-5 5.5-5s5.5 1.5 5.5 5M13 4a3 3 0 0 1 0 5.5M15 12.5c2 .7 3 2.2 3 4.5',
  system: 'M3 10h3l2-6 4 12 2-6h3',
  more: 'M4 10v.1M10 10v.1M16 10v.1',
  close: 'M4.5 4.5l11 11M15.5 4.5l-11 11',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  home: 'M3 9.5 10 3l7 6.5M5 8v9h10V8',
  sound: 'M3 8v4h3l4 3.5v-11L6 8zM13 7.5a4 4 0 0 1 0 5M15.2 5a7.5 7.5 0 0 1 0 10',
  account: 'M10 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM4.5 17c0-3.5 2.5-5 5.5-5s5.5 1.5 5.5 5',
  channels: 'M3 4h14v9H8l-4 4v-4H3zM6.5 8.5h.1M10 8.5h.1M13.5 8.5h.1',
  silences: 'M3 8v4h3l4 3.5v-11L6 8zM13 8l4 4M17 8l-4 4',
  silent: 'M3 8v4h3l4 3.5v-11L6 8zM13 8l4 4M17 8l-4 4',
  place: 'M10 17.5s5.5-5 5.5-9a5.5 5.5 0 0 0-11 0c0 4 5.5 9 5.5 9zM10 6.7a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z',
  out: 'M8 3H3v14h5M8 10h9M13.5 6.5 17 10l-3.5 3.5',
} as const;

export type IconName = keyof typeof ICONS;
