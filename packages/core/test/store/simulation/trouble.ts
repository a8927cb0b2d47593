import { BackendError } from '@sealring/core'
import type { SlotStat, Slot, StoredBlob } from '@sealring/core'
import type { Fault } from '../faulty-backend.js'
import { count } from './tally.js'
import { arbiterId, type Place, type Process, type World } from './world.js'

/** Thrown into a process that is gone. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

const writes = new Set(['create', 'replace', 'purge', 'createSidecar', 'deleteSidecar'])

type Fail = (code: 'UNREACHABLE' | 'OUTCOME_UNKNOWN') => never

/** What lies between a process and a location. */
export function trouble(world: World, place: Place, process: Process): Fault {
  const { random, rates, tally, scheduler } = world
  const happens = (kind: string, probability: number): boolean => {
    const so = random.chance(probability)
    if (so) count(tally, `fault: ${kind}`)
    return so
  }
  /** Others act while a body is read, and it may break off. */
  async function* troubled(body: AsyncIterable<Uint8Array>, fail: Fail): AsyncGenerator<Uint8Array> {
    for await (const piece of body)
      for (const part of [piece.subarray(0, piece.length >> 1), piece.subarray(piece.length >> 1)]) {
        yield part
        await scheduler.step()
        if (!process.alive) throw new Crash()
        if (world.faults && (place.down || happens('body broken off', rates.refuse))) fail('UNREACHABLE')
      }
  }
  return {
    async run(pass, operation) {
      const fail: Fail = (code) => {
        throw new BackendError(code, 'Simulated.', { backend: place.id, operation, retryable: true })
      }
      await scheduler.step()
      if (!process.alive) throw new Crash()
      if (!world.faults) return pass()
      // Rare enough without that, and worth dying at.
      const forkSaved = operation === 'replace' && process.last === `createSidecar ${place.id}`
      process.last = `${operation} ${place.id}`
      if (random.chance(forkSaved ? 0.2 : rates.crash)) {
        process.alive = false
        const after = random.chance(0.5)
        count(tally, `crash: ${after ? 'after' : 'before'} ${operation}`)
        if (forkSaved && !after) count(tally, 'crash: between saving a fork and replacing the copy')
        if (after) await pass()
        throw new Crash()
      }
      if (place.down) return (count(tally, 'fault: location down'), fail('UNREACHABLE'))
      if (world.cut.has(`${process.client} ${place.id}`))
        return (count(tally, 'fault: partition'), fail('UNREACHABLE'))
      if (happens('refused', rates.refuse)) fail('UNREACHABLE')
      if (!writes.has(operation)) {
        const answer = withBody(await pass(), (body) => troubled(body, fail))
        return place.id !== arbiterId && happens('stale read', rates.stale)
          ? staleAnswer(place, operation, answer)
          : answer
      }
      if (happens('delayed write', rates.delay)) {
        // It may be aborted by then.
        scheduler.later(() => pass().catch(() => undefined))
        fail('OUTCOME_UNKNOWN')
      }
      const answer = await pass()
      // The answer takes its time, too: others act between the deed and its acknowledgement.
      await scheduler.step()
      if (!process.alive) throw new Crash()
      return happens('lost acknowledgement', rates.lose) ? fail('OUTCOME_UNKNOWN') : answer
    },
  }
}

function withBody(
  answer: unknown,
  change: (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): unknown {
  return isStored(answer) ? { ...answer, body: change(answer.body) } : answer
}

function isStored(answer: unknown): answer is StoredBlob {
  return typeof answer === 'object' && answer !== null && 'body' in answer
}

/** An answer that does not know of the latest writes yet. */
function staleAnswer(place: Place, operation: string, answer: unknown): unknown {
  if (operation === 'latest' && isStat(answer)) return statBelow(place, answer)
  if (operation === 'revisions' && isPage(answer)) return { ...answer, items: answer.items.slice(0, -1) }
  return operation === 'read' || operation === 'stat' ? undefined : answer
}

function statBelow({ memory }: Place, { name, revision }: Slot): SlotStat | undefined {
  const blob = memory.blobs.get(name)?.get(revision - 1)
  if (!blob) return undefined
  const { bytes, digest, versionToken } = blob
  return { name, revision: revision - 1, digest, size: bytes.byteLength, attested: false, versionToken }
}

function isStat(answer: unknown): answer is SlotStat {
  return typeof answer === 'object' && answer !== null && 'revision' in answer
}

function isPage(answer: unknown): answer is { readonly items: readonly unknown[] } {
  return typeof answer === 'object' && answer !== null && 'items' in answer
}
