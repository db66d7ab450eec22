'use client';

import { useTimeZone } from '../_client/time-zone';
import { dayWord, timeOfDay } from './day-words';

type LocalTimeProps = {
  date: Date;
  show: 'time' | 'day' | 'day-and-time';
  /** for the start of a sentence */
  capital?: boolean;
  className?: string;
};

/** A time in the viewer's own zone and words. */
export function LocalTime({ date, show, capital = false, className }: LocalTimeProps) {
  const zone = useTimeZone();
  const day = dayWord(date, new Date(), zone);
  const words = { time: timeOfDay(date, zone), day, 'day-and-time': `${day}, ${timeOfDay(date, zone)}` }[show];
  return (
    <time dateTime={date.toISOString()} className={className} suppressHydrationWarning>
      {capital ? words.charAt(0).toUpperCase() + words.slice(1) : words}
    </time>
  );
}
