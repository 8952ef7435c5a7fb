// The same photo made to fit by sharp (libvips) at its default concurrency. `npm install sharp` beside it first.
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';

const times = Number(process.env.TIMES);
const one = async () => sharp(await readFile(process.env.PHOTO)).rotate().resize(1440, 1800, { fit: 'cover' }).jpeg({ quality: 88 }).toBuffer();
await one();
const spans = [];
for (let turn = 0; turn < times; turn++) {
  const begun = performance.now();
  await one();
  spans.push(performance.now() - begun);
}
spans.sort((a, b) => a - b);
console.log(JSON.stringify({ ms: spans[Math.ceil(times / 2) - 1], memory_mb: process.resourceUsage().maxRSS * 1.024 / 1000 }));
