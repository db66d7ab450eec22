'use client';

import { useState } from 'react';
import type { EncoderAccess, StreamView } from '../../../../server/streams/stream-view';
import type { SessionUser } from '../../../../server/users/session-user';
import type { LatencyProfile } from '../../../../stream-node/contract/profiles';
import type { EventRoomStart } from '../../../_client/use-event-room';
import { EncoderBooth } from './encoder-booth';
import { Studio } from './studio';

type BoothProps = {
  start: EventRoomStart;
  me: SessionUser;
  publicUrl: string;
  profile: LatencyProfile;
  /** one's own stream that an encoder sends to, as the address of the page names it */
  encoderStream: StreamView | null;
};

type Encoder = { stream: StreamView; access: EncoderAccess | null };

/** A broadcast from this page, or from an encoder beside it. Only the former opens microphone and camera. */
export function Booth({ encoderStream, ...props }: BoothProps) {
  const [encoder, setEncoder] = useState<Encoder | null>(encoderStream && { stream: encoderStream, access: null });
  if (encoder !== null) {
    return <EncoderBooth {...props} firstStream={encoder.stream} firstAccess={encoder.access} />;
  }
  const takeEncoder = (made: Encoder) => {
    // After a reload this page is still the booth of that stream; the key is not told again.
    const address = new URL(window.location.href);
    address.searchParams.set('encoder', made.stream.id);
    window.history.replaceState(null, '', address);
    setEncoder(made);
  };
  return <Studio {...props} onEncoder={takeEncoder} />;
}
