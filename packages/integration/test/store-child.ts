import { StoreError } from '@sealring/core'
import { openPlaces, placesFrom, plaintextOf } from './death-places.js'

/*
 * A process of its own that puts entries, and destroys some: node store-child.js <places as JSON> <seed> <first> <last>
 * One line for each thing that it is about to do, and one for each receipt.
 */
const [places = '', seed = '', first = '0', last = '0'] = process.argv.slice(2)
const say = (...words: readonly (string | number)[]) => process.stdout.write(`${words.join(' ')}\n`)
// Whoever started this process holds its standard input: it does not outlive him.
process.stdin.on('end', () => process.exit(1)).resume()

const { store, close } = openPlaces(placesFrom(places))
say('ready')
for (let index = Number(first); index < Number(last); index++) {
  const { name, plaintext, destroyed } = plaintextOf(seed, index)
  say('putting', index)
  const receipt = await store.put(name, plaintext, { requestId: `put-${index}` }).catch((error: unknown) => {
    // The process before was killed when it had destroyed it.
    if (error instanceof StoreError && error.code === 'DESTROYED') return undefined
    throw error
  })
  if (!receipt) continue
  const { revision, digest } = receipt
  say('put', index, revision, digest)
  if (!destroyed) continue
  say('destroying', index)
  await store.destroy(name, { revision })
  say('destroyed', index)
}
close()
process.exit(0)
