import { expect, test } from 'vitest';
import { chooseRecorderMime, containerOf, pictureBitrate } from './recorder-formats';

const supporting =
  (...parts: string[]) =>
  (mime: string) =>
    parts.some((part) => mime.includes(part));

test('H.264 in Matroska comes first, then VP8, and MP4 only where nothing else is', () => {
  expect(chooseRecorderMime('video', () => true)).toBe('video/webm;codecs=h264,opus');
  expect(chooseRecorderMime('video', supporting('vp8', 'mp4'))).toBe('video/webm;codecs=vp8,opus');
  expect(chooseRecorderMime('video', supporting('mp4'))).toMatch(/^video\/mp4/);
  expect(chooseRecorderMime('audio', () => true)).toBe('audio/webm;codecs=opus');
  expect(chooseRecorderMime('audio', supporting('mp4'))).toBe('audio/mp4');
  expect(chooseRecorderMime('audio', () => false)).toBeNull();
});

test('the container is told by the type the recorder reports', () => {
  expect(containerOf('video/x-matroska;codecs=avc1,opus')).toBe('matroska');
  expect(containerOf('audio/webm;codecs=opus')).toBe('matroska');
  expect(containerOf('video/mp4;codecs=avc1.42E01E')).toBe('mp4');
});

test('the bitrate follows the shorter side', () => {
  expect(pictureBitrate(1280, 720)).toBe(pictureBitrate(720, 1280));
  expect(pictureBitrate(640, 360)).toBeLessThan(pictureBitrate(1280, 720));
});
