/** Keeps the screen from sleeping while a wall is shown. */

/** Ask for the screen to stay on, again each time the page comes back; returns what lets it sleep. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  const ask = async (): Promise<void> => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    try {
      lock = await navigator.wakeLock.request('screen');
    } catch (error) {
      // Refused on low battery or without a secure connection: the wall goes on, the machine's own settings hold.
      if (!(error instanceof DOMException)) throw error;
    }
  };
  const again = (): void => void ask();
  document.addEventListener('visibilitychange', again);
  again();
  return () => {
    document.removeEventListener('visibilitychange', again);
    void lock?.release();
  };
}
