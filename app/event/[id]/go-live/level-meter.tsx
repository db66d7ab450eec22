'use client';

import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { CaptureGraph } from '../../../_publisher/capture-graph';
import { type LevelWord, meterMarks, needleAngle, silenceDb, zeroOnFaceDb } from '../../../_publisher/sound-level';

type LevelMeterProps = {
  graph: CaptureGraph | null;
  /** one was opened: without it there is nothing to read */
  hasMicrophone: boolean;
  isMuted: boolean;
  /** the bar alone: on a phone, and under a picture */
  isCompact: boolean;
};

type Reading = { decibels: number; word: LevelWord; peakDb: number };

const pivot = { x: 340, y: 394 };
const arcRadius = 324;
/** the needle's numbers change often; what is announced and written does not */
const wordsEveryMs = 250;

/** The microphone's level: a needle on a lamp face, and a bar where there is no room for it. Its word never relies on colour. */
export function LevelMeter({ graph, hasMicrophone, isMuted, isCompact }: LevelMeterProps) {
  const needle = useRef<SVGGElement>(null);
  const bar = useRef<HTMLSpanElement>(null);
  const reading = useReading(graph, needle, bar);
  const word = !hasMicrophone ? 'No microphone yet' : isMuted ? 'Muted' : reading.word;
  return (
    <div>
      <div className="mb-3 flex items-baseline gap-3">
        <h2 className="text-section">Microphone</h2>
        <span className="grow" />
        {hasMicrophone && (
          <span className="text-small text-text-2">Peak {`${Math.round(reading.peakDb)}`.replace('-', '−')} dB</span>
        )}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a <meter> draws a bar of its own and takes no needle */}
      <div
        role="meter"
        aria-label="Microphone level"
        aria-valuemin={silenceDb}
        aria-valuemax={0}
        aria-valuenow={reading.decibels}
        aria-valuetext={hasMicrophone ? `${reading.decibels} dB, ${word}` : word}
      >
        {!isCompact && (
          <div className="overflow-hidden rounded-row max-sm:hidden">
            <MeterFace needle={needle} word={word} />
          </div>
        )}
        <div className={isCompact ? '' : 'sm:hidden'}>
          <span className="block h-4 overflow-hidden rounded-tile bg-tile inset-ring inset-ring-text-3">
            <span ref={bar} className="block size-full origin-left scale-x-0 bg-lamp" />
          </span>
          <span className="mt-1.5 block font-semibold">{word}</span>
        </div>
      </div>
      <p role="status" className="mt-2 font-semibold text-live empty:hidden">
        {word === 'No sound' ? 'No sound for five seconds. Is the right microphone picked, and switched on?' : null}
      </p>
    </div>
  );
}

/** Draws without React, thirty times a second (four with reduced motion), and tells the words four times a second. */
function useReading(
  graph: CaptureGraph | null,
  needle: RefObject<SVGGElement | null>,
  bar: RefObject<HTMLSpanElement | null>,
): Reading {
  const [reading, setReading] = useState<Reading>({ decibels: silenceDb, word: 'Too quiet', peakDb: silenceDb });
  useEffect(() => {
    if (graph === null) {
      return;
    }
    const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    let toldAtMs = 0;
    const draw = () => {
      const { level, heldPeakDb, word } = graph.readLevel();
      needle.current?.setAttribute('transform', `rotate(${needleAngle(level.rmsDb)} ${pivot.x} ${pivot.y})`);
      if (bar.current !== null) {
        bar.current.style.transform = `scaleX(${1 - level.peakDb / silenceDb})`;
      }
      if (performance.now() - toldAtMs >= wordsEveryMs) {
        toldAtMs = performance.now();
        setReading({ decibels: Math.round(level.rmsDb), word, peakDb: heldPeakDb });
      }
    };
    const timer = setInterval(draw, isCalm ? 250 : 33);
    return () => clearInterval(timer);
  }, [graph, needle, bar]);
  return reading;
}

const pointAt = (angle: number, radius: number) => {
  const radians = (angle * Math.PI) / 180;
  return { x: round(pivot.x + radius * Math.sin(radians)), y: round(pivot.y - radius * Math.cos(radians)) };
};
const round = (value: number) => Math.round(value * 10) / 10;

function arc(fromAngle: number, toAngle: number): string {
  const from = pointAt(fromAngle, arcRadius);
  const to = pointAt(toAngle, arcRadius);
  return `M${from.x} ${from.y}A${arcRadius} ${arcRadius} 0 0 1 ${to.x} ${to.y}`;
}

function MeterFace({ needle, word }: { needle: RefObject<SVGGElement | null>; word: string }) {
  const glow = useId();
  const [first] = meterMarks;
  const last = meterMarks.at(-1);
  const zero = meterMarks.find(({ mark }) => mark === 0);
  return (
    <svg viewBox="0 0 680 304" aria-hidden="true" className="block h-auto w-full">
      <defs>
        <radialGradient id={glow} cx=".5" cy="1.05" r=".95">
          <stop offset="0" stopColor="#fff1b8" />
          <stop offset=".5" stopColor="#ffd666" />
          <stop offset="1" stopColor="#d9962b" />
        </radialGradient>
      </defs>
      <rect width="680" height="304" fill={`url(#${glow})`} />
      <path d={arc(first?.angle ?? 0, zero?.angle ?? 0)} fill="none" stroke="#2a1d00" strokeWidth="3" />
      <path d={arc(zero?.angle ?? 0, last?.angle ?? 0)} fill="none" stroke="#a31d10" strokeWidth="9" />
      {meterMarks.map(({ mark, angle }) => {
        const [inner, outer, text] = [arcRadius, arcRadius + 16, arcRadius + 36].map((radius) =>
          pointAt(angle, radius),
        );
        const colour = mark > 0 ? '#a31d10' : '#2a1d00';
        return (
          <g key={mark}>
            <path d={`M${inner?.x} ${inner?.y}L${outer?.x} ${outer?.y}`} stroke={colour} strokeWidth="3" />
            <text
              x={text?.x}
              y={(text?.y ?? 0) + 7}
              textAnchor="middle"
              className="font-display text-[19px] font-bold"
              fill={colour}
            >
              {Math.abs(mark)}
            </text>
          </g>
        );
      })}
      <text x="24" y="280" className="font-display text-[26px] font-extrabold" fill="#2a1d00">
        {word}
      </text>
      <g ref={needle} transform={`rotate(${needleAngle(silenceDb + zeroOnFaceDb)} ${pivot.x} ${pivot.y})`}>
        <path d={`M${pivot.x + 6} ${pivot.y}V56`} stroke="#0003" strokeWidth="5" />
        <path d={`M${pivot.x} ${pivot.y}V52`} stroke="#1b1209" strokeWidth="3.5" strokeLinecap="round" />
      </g>
      <path d="M270 304a70 46 0 0 1 140 0z" fill="#1b1209" />
    </svg>
  );
}
