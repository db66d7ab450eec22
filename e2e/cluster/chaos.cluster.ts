import { balancedEncoder } from './proofs/balanced-encoder';
import { failOver } from './proofs/fail-over';
import { outagesProof } from './proofs/outages';
import { partition } from './proofs/partition';
import type { Figure, Proof } from './proofs/proof';
import { rollingRestart } from './proofs/rolling-restart';

/**
 * The long proofs of a fleet: `npm run test:cluster`, or `npm run test:cluster -- partition` for one. Nodes are processes that
 * are killed, frozen, cut off and told to stop under live streams. Prints every figure beside its limit, and exits 1 when one
 * is past it, or when a proof could not run here.
 */
const proofs: readonly Proof[] = [failOver, partition, rollingRestart, balancedEncoder, outagesProof];

const say = (line: string) => process.stdout.write(`  ${line}\n`);
const rounded = (value: number) => (Number.isInteger(value) ? value : Math.round(value));

function isGood({ what, value, limit, unit }: Figure): boolean {
  const isWithin = value <= limit;
  say(`${isWithin ? '✓' : '✗'} ${what}: ${rounded(value)} ${unit} (limit ${limit}${unit && ` ${unit}`})`);
  return isWithin;
}

async function holds(proof: Proof): Promise<boolean> {
  process.stdout.write(`\n${proof.name}: ${proof.what}\n`);
  const hindrance = proof.isHindered?.() ?? null;
  if (hindrance !== null) {
    say(`✗ NOT PROVEN: ${hindrance}`);
    return false;
  }
  try {
    return (await proof.run(say)).map(isGood).every((isWithin) => isWithin);
  } catch (error) {
    say(`✗ ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !proofs.some((proof) => proof.name === name));
if (unknown.length > 0) {
  throw new Error(`no such proof: ${unknown.join(', ')}; there are ${proofs.map(({ name }) => name).join(', ')}`);
}
let areAllGood = true;
for (const proof of proofs.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  areAllGood = (await holds(proof)) && areAllGood;
}
process.exit(areAllGood ? 0 : 1);
