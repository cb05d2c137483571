/**
 * Property tests try the same examples on every machine, so that a red run is red again where it is looked into.
 * FC_SEED=random (or a number) tries others; a property that fails prints its seed.
 */
import fc from 'fast-check'

const DEFAULT_SEED = 20_260_101
const asked = process.env['FC_SEED']

fc.configureGlobal({ seed: asked === undefined ? DEFAULT_SEED : asked === 'random' ? Date.now() % 2 ** 31 : Number(asked) })
