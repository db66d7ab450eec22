import { keptSecret } from './data-folder.mjs';
import { LaunchFault } from './launch-fault.mjs';

/**
 * The secrets that are set, or else made once and kept in the data folder.
 *
 * @param {import('./start-settings.mjs').StartSettings} settings
 * @param {Record<string, string | undefined>} environment
 */
export function readSecrets({ only, dataDir }, environment) {
  if (only === 'stream-node' && environment.ZYZZ_WEB_URL && !environment.ZYZZ_NODE_SECRET) {
    throw new LaunchFault(
      'ZYZZ_NODE_SECRET must be set to the secret of the web at ZYZZ_WEB_URL (its data folder, node-secret).',
    );
  }
  const nodeSecret = environment.ZYZZ_NODE_SECRET || keptSecret(dataDir, 'node-secret');
  if (only === 'stream-node') {
    return { secret: '', nodeSecret, operatorToken: '' };
  }
  return {
    secret: environment.ZYZZ_SECRET || keptSecret(dataDir, 'secret'),
    nodeSecret,
    operatorToken: environment.ZYZZ_OPERATOR_TOKEN || keptSecret(dataDir, 'operator-token'),
  };
}
