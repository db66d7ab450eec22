import fc from 'fast-check';

/**
 * Property tests draw the same inputs in every run, so that a red run is the fault of the change and not of the draw. New
 * inputs are searched for by hand: `PROPERTY_SEED=random npm test -- unit <file>`; a counterexample found becomes a test of its
 * own. `PROPERTY_RUNS` says how many inputs the fuzz tests try, each.
 */
const wanted = process.env.PROPERTY_SEED ?? '20261121';

const wantedRuns = process.env.PROPERTY_RUNS;

fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  ...(wanted !== 'random' && { seed: Number(wanted) }),
  ...(wantedRuns !== undefined && { numRuns: Number(wantedRuns) }),
});
