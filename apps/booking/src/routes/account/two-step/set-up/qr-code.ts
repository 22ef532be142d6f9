import { encode } from 'uqr';

/** A QR code as the one path of a drawing: `size` squares wide, its quiet margin included. */
export function qrCode(text: string): { size: number; path: string } {
  // Quiet margins are four squares wide, or some cameras look in vain.
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return { size, path };
}
