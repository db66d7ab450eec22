import { z } from 'zod';

/**
 * How much room a node's disk has. `low`: its operator is warned. `short`: nothing new is recorded, what is being recorded is
 * closed, and live goes on. `full`: what is left is for the journals of publishers that are in already, and no other is let in.
 */
export const DiskLevel = z.enum(['ample', 'low', 'short', 'full']);
export type DiskLevel = z.infer<typeof DiskLevel>;

export const ObservedDisk = z.object({
  level: DiskLevel,
  freeBytes: z.number().min(0),
  totalBytes: z.number().min(0),
});
export type ObservedDisk = z.infer<typeof ObservedDisk>;

/**
 * Whether a stream is being recorded. `off`: nobody asked for it. `refused`: it was asked for and did not begin. `stopped`: it
 * was given up under way. In both the live stream goes on.
 */
export const RecordingState = z.enum(['off', 'on', 'refused', 'stopped']);
export type RecordingState = z.infer<typeof RecordingState>;

export const ObservedRecording = z.object({
  state: RecordingState,
  /** why it was refused or stopped, in words for the broadcaster */
  reason: z.string().max(500).nullable(),
});
export type ObservedRecording = z.infer<typeof ObservedRecording>;

/** Whether a disk of this level takes what is not yet on it: recordings, downloads, the rest of a journal. */
export function takesRecordings(level: DiskLevel): boolean {
  return level === 'ample' || level === 'low';
}
