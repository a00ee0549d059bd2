/** The sound of a critical incident that nobody has taken: two falling tones, until somebody does. */

import { MUTE_MS, SOUND_EVERY_MS } from '../timing';

const TONES_HZ = [880, 660] as const;
const TONE_S = 0.22;
const LOUDNESS = 0.18;

class Sound {
  /** The browser lets a page sound only after somebody touched it. */
  allowed = $state(false);
  muted_until_ms = $state(0);
  #context: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** Wait for the first gesture; returns what ends everything. */
  start(): () => void {
    const unlock = (): void => void this.unlock();
    window.addEventListener('pointerdown', unlock);
    window.addEventListener('keydown', unlock);
    void this.unlock();
    return () => {
      window.removeEventListener('pointerdown', unlock);
      window.removeEventListener('keydown', unlock);
      this.rest();
      void this.#context?.close();
      this.#context = null;
    };
  }

  async unlock(): Promise<void> {
    this.#context ??= new AudioContext();
    if (this.#context.state === 'suspended' && navigator.userActivation.hasBeenActive) await this.#context.resume();
    this.allowed = this.#context.state === 'running';
  }

  mute(now_ms: number): void {
    this.muted_until_ms = now_ms + MUTE_MS;
  }

  unmute(): void {
    this.muted_until_ms = 0;
  }

  /** Sound again and again until `rest`. */
  call(): void {
    if (this.#timer !== null) return;
    this.#chime();
    this.#timer = setInterval(() => {
      this.#chime();
    }, SOUND_EVERY_MS);
  }

  rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #chime(): void {
    const context = this.#context;
    if (context?.state !== 'running') return;
    for (const [place, hz] of TONES_HZ.entries()) tone(context, hz, context.currentTime + place * TONE_S);
  }
}

function tone(context: AudioContext, hz: number, start_s: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = hz;
  gain.gain.setValueAtTime(0, start_s);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start_s + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, start_s + TONE_S);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start_s);
  oscillator.stop(start_s + TONE_S);
}

export const sound = new Sound();
