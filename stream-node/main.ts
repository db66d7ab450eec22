import { BadConfig, readConfig } from './config';
import { createLogger } from './logger';
import { StreamNode } from './session/stream-node';
import { encoderCapacity } from './transcode/encoder-capacity';

/** The stream node as a process: reads its settings, runs until it is told to stop, and then closes everything. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger({ level: config.logLevel });
  const encoderSlots = config.encoderSlots ?? (await encoderCapacity({ ...config, dataDirectory: config.dataDir }));
  const node = await StreamNode.start({ ...config, encoderSlots }, logger);
  node.watchProcess();
  logger.info({ url: node.publicUrl, encoderSlots }, 'the stream node is up');
  let isStopping = false;
  const stop = (why: string) => {
    if (isStopping) {
      return;
    }
    isStopping = true;
    logger.info({ why }, 'the stream node stops');
    node[Symbol.asyncDispose]().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error }, 'the stream node could not stop cleanly');
        process.exit(1);
      },
    );
  };
  // Asked politely, it first lets publishers go to other nodes; asked twice, or by Ctrl-C, it does not.
  process.once('SIGTERM', () => {
    process.once('SIGTERM', () => stop('a second SIGTERM'));
    node.leave().then(
      () => stop('SIGTERM'),
      () => stop('SIGTERM'),
    );
  });
  // What nobody foresaw costs what it happened to: the other streams go on.
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a promise was rejected and nobody looked'));
  process.on('SIGINT', () => stop('SIGINT'));
  // The supervisor that started us is gone, however it was killed: do not keep its port.
  process.on('disconnect', () => stop('the supervisor is gone'));
}

main().catch((error: unknown) => {
  const isTold = error instanceof BadConfig || (error as NodeJS.ErrnoException)?.code === 'EADDRINUSE';
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(isTold ? `${message}\n` : `The stream node could not start: ${message}\n`);
  process.exit(1);
});
