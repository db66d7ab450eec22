'use client';

import { useCallback } from 'react';

/** The picture as it is sent, for whoever is in it. */
export function Preview({ stream, isMirrored }: { stream: MediaStream; isMirrored: boolean }) {
  const show = useCallback(
    (video: HTMLVideoElement | null) => {
      if (video !== null) {
        video.srcObject = stream;
      }
    },
    [stream],
  );
  return (
    <video
      ref={show}
      muted
      autoPlay
      playsInline
      aria-label="Your picture"
      className={`mb-4 aspect-video max-h-[42dvh] w-full rounded-row bg-tile object-contain ${isMirrored ? '-scale-x-100' : ''}`}
    />
  );
}
