import type { ImageResult, ImagesReport, Line, Measured } from './images.ts';

const seconds = ({ ms }: Measured): string => `${(ms / 1000).toFixed(2)} s`;
const percent = (part: number, of: number): string => `${((100 * part) / of).toFixed(part < of / 10 ? 1 : 0)} %`;
const amount = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** The report as Markdown, a table for each image. */
export function imagesTable({ results, missing }: ImagesReport): string {
  const absent = missing.map((why) => `Not measured: ${why}`);
  return [...results.map(tableOf), ...absent].join('\n\n');
}

function tableOf({ image, size, lines, peaks }: ImageResult): string {
  const [own, ...peers] = lines;
  const rows = lines.map(({ contender, cold, coldFar, warm, warmFar }) =>
    [
      contender,
      ...[seconds(cold), seconds(coldFar), amount(cold.bytes), percent(cold.bytes, size)],
      ...[seconds(warm), seconds(warmFar), amount(warm.bytes)],
    ].join(' | '),
  );
  return [
    `### ${image} (${amount(size)})`,
    '',
    '| | first time | +20 ms | served | of a pull | again | +20 ms | served |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
    own ? `${ratios(own, peers)} ${requestsOf(own)} Peak memory: ${peaks.join(' MiB, again ')} MiB.` : '',
  ].join('\n');
}

/** How many times as long each fastest peer took. */
function ratios(own: Line, peers: readonly Line[]): string {
  const times = (state: 'cold' | 'coldFar' | 'warm' | 'warmFar') =>
    (Math.min(...peers.map((peer) => peer[state].ms)) / own[state].ms).toFixed(1);
  return peers.length === 0
    ? ''
    : `The fastest peer takes ${times('cold')} times as long as execfmt (+20 ms: ${times('coldFar')}), again ${times('warm')} (${times('warmFar')}).`;
}

function requestsOf({ cold, warm }: Line): string {
  return `execfmt asks: ${cold.requests.join(', ')}; again: ${warm.requests.join(', ')}.`;
}
