/** Small pictures of screens: decodes what Chromium writes, keeps the colours that matter, writes a palette PNG. */

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function decode(file) {
  let [width, height, channels] = [0, 0, 0];
  const parts = [];
  for (let at = 8; at < file.length; ) {
    const [length, type] = [file.readUInt32BE(at), file.toString('latin1', at + 4, at + 8)];
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[data[9]];
      if (data[8] !== 8 || !channels || data[12] !== 0) throw new Error('not a picture of a screen');
    }
    if (type === 'IDAT') parts.push(data);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    const line = y * stride;
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? pixels[line + x - channels] : 0;
      const up = y > 0 ? pixels[line - stride + x] : 0;
      const corner = x >= channels && y > 0 ? pixels[line - stride + x - channels] : 0;
      let guess = 0;
      if (filter === 1) guess = left;
      else if (filter === 2) guess = up;
      else if (filter === 3) guess = (left + up) >> 1;
      else if (filter === 4) {
        const p = left + up - corner;
        const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
        guess = a <= b && a <= c ? left : b <= c ? up : corner;
      }
      pixels[line + x] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return { width, height, channels, pixels };
}

const apart = (a, b) => {
  const [r, g, b2] = [(a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255)];
  return r * r + g * g + b2 * b2;
};

/** The colours used most, each far enough from those before it. */
function palette(counts, size) {
  const byUse = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  for (let distance = 900; ; distance /= 2) {
    const kept = [];
    for (const colour of byUse) {
      if (kept.length === size) break;
      // Grounds and inks that differ by a little are grounds and inks all the same.
      if (kept.length < size / 4 || kept.every((other) => apart(colour, other) >= distance)) kept.push(colour);
    }
    if (kept.length === size || kept.length === byUse.length || distance < 20) return kept;
  }
}

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

function encode({ width, height, channels, pixels }, size) {
  const counts = new Map();
  const colourAt = (i) => (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
  for (let i = 0; i < pixels.length; i += channels) counts.set(colourAt(i), (counts.get(colourAt(i)) ?? 0) + 1);
  const colours = palette(counts, size);
  const nearest = new Map();
  for (const colour of counts.keys()) {
    let best = 0;
    for (let k = 1; k < colours.length; k++) if (apart(colour, colours[k]) < apart(colour, colours[best])) best = k;
    nearest.set(colour, best);
  }
  const bits = size <= 16 ? 4 : 8;
  const stride = Math.ceil((width * bits) / 8);
  const lines = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const index = nearest.get(colourAt((y * width + x) * channels));
      if (bits === 8) lines[y * (stride + 1) + 1 + x] = index;
      else lines[y * (stride + 1) + 1 + (x >> 1)] |= x % 2 ? index : index << 4;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, 3, 0, 0, 0], 8);
  const plte = Buffer.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    SIGNATURE, chunk('IHDR', header), chunk('PLTE', plte), chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The same picture with as many colours as fit into `most` bytes. */
export function small(file, most) {
  const picture = decode(file);
  let out = Buffer.alloc(0);
  for (const size of [48, 24, 16, 8]) {
    out = encode(picture, size);
    if (out.length <= most) return out;
  }
  throw new Error(`a picture of ${out.length} bytes with 8 colours`);
}
