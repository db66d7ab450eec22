const causes: readonly (readonly [RegExp, string])[] = [
  [/not on whitelist/i, 'the media uses a codec that is not accepted'],
  [
    /EBML header parsing failed|Invalid data found when processing input|moov atom not found/i,
    'the media could not be read: it is not what it was announced as, or it is damaged',
  ],
  [/matches no streams/i, 'the media lacks a track it was announced with'],
  [/Unknown encoder '([\w-]+)'/i, 'this ffmpeg lacks an encoder that is needed'],
  [/No such file or directory|ENOENT|Cannot find ffmpeg/i, 'ffmpeg could not be started or an output was not there'],
];

/** Warnings of every healthy run. */
const noise = /No meaningful edit list|Last message repeated|File ended prematurely/i;
const linePrefix = /^\[[^\]]*@ 0x[0-9a-f]+\]\s*/;

/** One sentence for a broadcaster out of what ffmpeg wrote; at most 240 characters, plain text from a foreign program. */
export function ffmpegFailureReason(stderrLines: readonly string[]): string {
  const text = stderrLines.join('\n');
  const cause = causes.find(([pattern]) => pattern.test(text));
  if (cause) {
    return cause[1];
  }
  const last = stderrLines.findLast((line) => line.trim() !== '' && !noise.test(line));
  return last ? `ffmpeg: ${last.replace(linePrefix, '').trim().slice(0, 230)}` : 'ffmpeg stopped without a reason';
}
