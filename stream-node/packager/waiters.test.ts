import { expect, test } from 'vitest';
import { Waiters, WindowClosed } from './waiters';

const never = new AbortController().signal;

test('a condition that holds is not waited for', async () => {
  await new Waiters().wait('x', () => true, never);
});

test('a thousand waiters of one thing cost one question per change', async () => {
  const waiters = new Waiters();
  let isThere = false;
  let asked = 0;
  const isSatisfied = () => {
    asked += 1;
    return isThere;
  };
  const all = Array.from({ length: 1000 }, () => waiters.wait('x', isSatisfied, new AbortController().signal));
  asked = 0;
  waiters.wake();
  expect(asked).toBe(1);
  isThere = true;
  waiters.wake();
  await Promise.all(all);
  expect(asked).toBe(2);
});

test('an aborted wait throws the reason and leaves the others waiting', async () => {
  const waiters = new Waiters();
  const controller = new AbortController();
  let isThere = false;
  const aborted = waiters.wait('x', () => isThere, controller.signal);
  const patient = waiters.wait('x', () => isThere, never);
  controller.abort(new Error('gone'));
  await expect(aborted).rejects.toThrow('gone');
  await expect(waiters.wait('x', () => isThere, controller.signal)).rejects.toThrow('gone');
  isThere = true;
  waiters.wake();
  await patient;
});

test('closing lets go of all, and nothing can be waited for any more', async () => {
  const waiters = new Waiters();
  const waiting = waiters.wait('x', () => false, never);
  waiters.close();
  await expect(waiting).rejects.toThrow(WindowClosed);
  await expect(waiters.wait('x', () => false, never)).rejects.toThrow(WindowClosed);
});
