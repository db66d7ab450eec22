import { onlyChild, readChildren } from './box';
import type { BoxReader } from './box-reader';
import { readHdlr } from './hdlr';
import { MalformedBox } from './malformed-box';
import { readMdhd } from './mdhd';
import { readStsd, type SampleDescription } from './stsd';
import { readTrex, type Trex } from './trex';

export type TrackInfo = SampleDescription & {
  kind: 'video' | 'audio';
  /** ticks per second */
  timescale: number;
};

export type Moov = { track: TrackInfo; trex: Trex };

/**
 * Movie (`moov`) of a file with one track. Contained in: the file.
 *
 * @throws MalformedBox for anything but one video or audio track with its `mvex`
 */
export function readMoov(reader: BoxReader): Moov {
  const boxes = readChildren(reader);
  const media = children(onlyChild('moov', boxes, 'trak'), 'mdia');
  const { timescale } = readMdhd(onlyChild('mdia', media, 'mdhd'));
  const { handlerType } = readHdlr(onlyChild('mdia', media, 'hdlr'));
  const sampleTable = children(onlyChild('mdia', media, 'minf'), 'stbl');
  const description = readStsd(onlyChild('stbl', sampleTable, 'stsd'));
  const extends_ = readChildren(onlyChild('moov', boxes, 'mvex'));
  const trex = readTrex(onlyChild('mvex', extends_, 'trex'));
  return { track: { kind: kindOf(handlerType), timescale, ...description }, trex };
}

/** The boxes of the container `fourcc` inside `reader`. */
function children(reader: BoxReader, fourcc: string): BoxReader[] {
  return readChildren(onlyChild(reader.fourcc, readChildren(reader), fourcc));
}

function kindOf(handlerType: string): 'video' | 'audio' {
  switch (handlerType) {
    case 'vide':
      return 'video';
    case 'soun':
      return 'audio';
    default:
      throw new MalformedBox('hdlr', `track of type ${handlerType} is neither video nor audio`);
  }
}
