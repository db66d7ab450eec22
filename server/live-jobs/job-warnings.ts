import type { LiveJobSpec } from '../../db/schema/live-job-spec';
import { usualAudioCodec, usualVideoCodec } from '../../stream-node/contract/codecs';
import { specFields } from './job-spec';

const slowPresets = ['medium', 'slow', 'slower', 'veryslow'];
const generousAudio = 256_000;

/**
 * What is doubtful in a spec that is good: it is made as asked, and its maker told.
 *
 * @param body as it was sent: fields that nobody knows are left out of a spec
 */
export function jobWarnings(spec: LiveJobSpec, body: unknown): string[] {
  const { Video_outputs: videos, Audio_outputs: audios } = spec.Output;
  return [
    ...unknownFields(body).map((field) => `unknown_field: ${field} is not known and was left out`),
    ...videos.flatMap(({ Bitrate, Max_bitrate, Preset }, index) => {
      const at = `Output.Video_outputs.${index}`;
      return [
        ...(Max_bitrate !== undefined && Max_bitrate > 2 * Bitrate
          ? [`max_bitrate_high: ${at}.Max_bitrate is over twice the Bitrate`]
          : []),
        ...(Max_bitrate !== undefined && Max_bitrate < Bitrate
          ? [`max_bitrate_low: ${at}.Max_bitrate is below the Bitrate, which will not be reached`]
          : []),
        ...(Preset !== undefined && slowPresets.includes(Preset)
          ? [`slow_preset: ${at}.Preset ${Preset} may be too slow for live`]
          : []),
      ];
    }),
    ...audios.flatMap(({ Bitrate }, index) =>
      Bitrate > generousAudio ? [`audio_bitrate_high: Output.Audio_outputs.${index}.Bitrate is over 256k`] : [],
    ),
    ...fewPlayers('Video_outputs', videos, usualVideoCodec),
    ...fewPlayers('Audio_outputs', audios, usualAudioCodec),
  ];
}

/** A player that knows the usual codec alone finds nothing. */
function fewPlayers(field: string, outputs: readonly { Codec: string }[], usual: string): string[] {
  return outputs.length === 0 || outputs.some(({ Codec }) => Codec === usual)
    ? []
    : [`few_players: Output.${field} has no ${usual}, the only codec that every player knows`];
}

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (value instanceof Object && !Array.isArray(value) ? { ...value } : {});
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function unknownFields(body: unknown): string[] {
  const whole = fieldsOf(body);
  const output = fieldsOf(whole.Output);
  const unknownOf = (at: string, value: unknown, known: readonly string[]) =>
    Object.keys(fieldsOf(value)).flatMap((name) => (known.includes(name) ? [] : [`${at}${name.slice(0, 64)}`]));
  return [
    ...unknownOf('', whole, ['Output']),
    ...unknownOf('Output.', output, specFields.output),
    ...unknownOf('Output.Drm.', output.Drm, specFields.drm),
    ...listOf(output.Video_outputs).flatMap((video, index) =>
      unknownOf(`Output.Video_outputs.${index}.`, video, specFields.video),
    ),
    ...listOf(output.Audio_outputs).flatMap((audio, index) =>
      unknownOf(`Output.Audio_outputs.${index}.`, audio, specFields.audio),
    ),
  ].slice(0, 50);
}
