import { randomBytes } from 'node:crypto'
import type { Backend } from '../backend/backend.js'
import { reservedName } from '../backend/entry-name.js'
import { StoreError } from '../errors.js'
import { ask } from './ask.js'

/**
 * Prove, before a location becomes an arbiter, that it honours conditional creation: of two sidecars with one
 * key the first must win and stay. A declared capability is not enough: the service behind may ignore the
 * condition. Fails with ARBITER_UNFIT or the location's BackendError; leaves nothing behind.
 */
export async function probeArbiter(arbiter: Backend, signal: AbortSignal | undefined): Promise<void> {
  const key = { name: reservedName, revision: 0, kind: 'probe', id: randomBytes(16).toString('hex') }
  const bytes = [randomBytes(16), randomBytes(16)] as const
  const create = (which: 0 | 1) =>
    ask(arbiter, 'createSidecar', signal, () => arbiter.createSidecar(key, bytes[which], { signal }))
  const first = await create(0)
  const second = await create(1)
  const kept = await ask(arbiter, 'readSidecar', signal, () => arbiter.readSidecar(key, { signal }))
  await ask(arbiter, 'deleteSidecar', signal, () => arbiter.deleteSidecar(key, { signal }))
  const honoured = first.outcome === 'created' && second.outcome === 'exists' && kept && bytes[0].equals(kept)
  if (honoured) return
  throw new StoreError(
    'ARBITER_UNFIT',
    `Location "${arbiter.id}" claims to create conditionally, but of two creations ` +
      `${second.outcome === 'created' ? 'the second replaced the first' : 'the first was not kept'}: ` +
      'choose another arbiter.',
    { details: { arbiter: arbiter.id } },
  )
}
