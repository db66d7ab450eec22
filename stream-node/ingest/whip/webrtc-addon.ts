import type * as NodeDataChannel from 'node-datachannel';

/** The native WebRTC stack (libdatachannel): ICE, DTLS and SRTP. */
export type WebRtcAddon = typeof NodeDataChannel;

let loading: Promise<WebRtcAddon> | undefined;

/**
 * Loads it when it is first needed: a machine for which no build of it exists is a node like any other, but for WHIP.
 *
 * @throws Error when there is none
 */
export function loadWebRtcAddon(): Promise<WebRtcAddon> {
  loading ??= import('node-datachannel');
  return loading;
}
