import fc from 'fast-check';

/**
 * Property tests draw the same inputs in every run, so that a red run is the fault of the change and not of the draw. New
 * inputs are searched for by hand: `PROPERTY_SEED=random npm test -- unit <file>`; a counterexample found becomes a test of its
 * own.
 */
const wanted = process.env.PROPERTY_SEED ?? '20261121';

if (wanted !== 'random') {
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });
}
