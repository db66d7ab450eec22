import { readAmf0 } from './amf0-reader';
import type { Amf0Value } from './amf0-value';
import { amf0Object, writeAmf0 } from './amf0-writer';
import { encodeMessage, ourChunkSize } from './chunk-writer';
import { RtmpFault } from './rtmp-fault';
import { messageTypes } from './rtmp-message';

/** A command message (RTMP 1.0, 7.1.1): its name, the number its answer names, and what follows the command object. */
export type Command = {
  readonly name: string;
  readonly transactionId: number;
  readonly commandObject: ReadonlyMap<string, Amf0Value>;
  readonly args: readonly Amf0Value[];
};

/** @throws RtmpFault when the payload is no command */
export function readCommand(payload: Buffer): Command {
  const [name, transactionId, commandObject, ...args] = readAmf0(payload);
  if (typeof name !== 'string' || typeof transactionId !== 'number') {
    throw new RtmpFault('a command must begin with its name and a number');
  }
  return { name, transactionId, commandObject: commandObject instanceof Map ? commandObject : new Map(), args };
}

/** A command of ours as chunks. `name` is `_result`, `_error` or `onStatus`. */
export function encodeCommand(
  name: string,
  transactionId: number,
  args: readonly Amf0Value[],
  messageStreamId = 0,
): Buffer {
  const payload = writeAmf0(name, transactionId, ...args);
  return encodeMessage({ typeId: messageTypes.command, messageStreamId, payload }, ourChunkSize);
}

/** What is wrong with a publish, or that it begins: `onStatus` of NetStream (7.2.2). */
export function encodeStatus(status: {
  level: 'status' | 'error';
  code: string;
  description: string;
  messageStreamId: number;
}): Buffer {
  const { messageStreamId, ...information } = status;
  return encodeCommand('onStatus', 0, [null, amf0Object(information)], messageStreamId);
}
