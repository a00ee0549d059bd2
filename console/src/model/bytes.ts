/** Bytes as people read them: offset, hexadecimal, and what is printable. */

const ROW = 16;
/** A page shows no more of a message than this; the rest is for tools. */
const MOST_BYTES = 4096;

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export function hex(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let start = 0; start < Math.min(bytes.length, MOST_BYTES); start += ROW) {
    rows.push(row(start, bytes.slice(start, start + ROW)));
  }
  if (bytes.length > MOST_BYTES) rows.push('…');
  return rows.join('\n');
}

function row(start: number, part: Uint8Array): string {
  const codes = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = [...part].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
  return `${start.toString(16).padStart(4, '0')}  ${codes.padEnd(ROW * 3 - 1)}  ${text}`;
}
