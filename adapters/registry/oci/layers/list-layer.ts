import type { LayerEntry } from '../../../../src/image/layer-entry.ts';
import { decompress } from './decompress.ts';
import { TarFeed } from './feed-tar.ts';
import { contentKeeper } from './keep-content.ts';
import { LayerFault } from './layer-fault.ts';
import { buildListing, type LayerListing } from './layer-listing.ts';
import type { RecordWriter } from './layer-record.ts';
import { verifyBytes } from './verified-bytes.ts';

/**
 * Lists a layer from its compressed bytes, all of which are read and checked against its digest: an entry may stand
 * twice, and the last one counts. What is found is noted in `record` too. Rejects with LayerFault, and with the source's
 * errors.
 */
export async function listLayer(
  compressed: AsyncIterable<Uint8Array>,
  layer: { readonly digest: string; readonly size: number | null },
  record: RecordWriter | null = null,
): Promise<LayerListing> {
  const listing = buildListing();
  const contentOf = contentKeeper((ordinal, pieces) => {
    listing.keep(ordinal, pieces);
    record?.keep(ordinal, pieces);
  });
  const feed = new TarFeed((entry: LayerEntry, ordinal: number) => {
    listing.add(entry);
    record?.add(entry);
    return contentOf(entry, ordinal);
  });
  const source = verifyBytes(compressed, layer);
  try {
    await readTar(source.chunks, feed).catch(async (fault: unknown) => {
      // What cannot be read because it was altered on its way is told from what was pushed like that.
      if (fault instanceof LayerFault && fault.code === 'invalid') await source.verifyRest();
      throw fault;
    });
    await source.verifyRest();
  } finally {
    await source.close();
  }
  return listing.finish(null);
}

async function readTar(compressed: AsyncIterable<Uint8Array>, feed: TarFeed): Promise<void> {
  for await (const chunk of decompress(compressed)) feed.write(chunk);
  feed.end();
}
