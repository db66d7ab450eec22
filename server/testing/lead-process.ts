import { leadByLock } from '../lead-by-lock';
import { silentLogger } from './test-context';

// A process of its own for tests: `lead-process.ts <database URL>` says when it leads and when that is over.
const [databaseUrl = ''] = process.argv.slice(2);
leadByLock({
  databaseUrl,
  logger: silentLogger,
  lockKey: 43,
  beatMs: 1000,
  lead: async (signal) => {
    process.stdout.write('leads\n');
    await new Promise<void>((over) => signal.addEventListener('abort', () => over(), { once: true }));
    process.stdout.write('over\n');
  },
});
