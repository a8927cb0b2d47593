import { createHmac, randomUUID } from 'node:crypto'
import type { Draw } from './cryptography/material-kind.js'
import { randomMaterial, randomOutput } from './random-pool.js'

/** Where key ids and key material come from. */
export interface KeySource {
  /** Whether the same calls give the same keys each time. */
  readonly seeded: boolean
  /** The UUID of the n-th key that this KMS creates. */
  uuid(n: number): string
  /** Fresh bytes for the n-th key. */
  material(n: number): Draw
  /** Fresh bytes for material that a key gets later; `which` is unique within the key. */
  laterMaterial(keyId: string, which: string): Draw
  /** What data keys and GenerateRandom are made of. */
  readonly random: Draw
  /**
   * The key of ivs that follow from what is encrypted (a synthetic iv, so that no two plaintexts share one); absent
   * where they are random.
   */
  readonly ivKey?: Buffer
  /** Begins anew with what is drawn in the order of the calls. */
  restart(): void
}

/** The real source. */
export const randomKeySource: KeySource = {
  seeded: false,
  uuid: () => randomUUID(),
  material: () => randomMaterial,
  laterMaterial: () => randomMaterial,
  random: randomOutput,
  restart: () => undefined,
}

/** The blocks of an HMAC over label and number, one after the other. */
const hmacStream = (seed: string, label: string): Draw => {
  let blocks = 0
  let rest = Buffer.alloc(0)
  const block = (): Buffer => {
    // The first one without its number: 32 bytes of material stay what earlier versions made of a seed.
    const name = blocks === 0 ? label : `${label} block ${blocks}`
    blocks += 1
    return createHmac('sha256', seed).update(`sealring kms-mock ${name}`).digest()
  }
  return (length) => {
    while (rest.length < length) rest = Buffer.concat([rest, block()])
    const bytes = Buffer.from(rest.subarray(0, length))
    rest = rest.subarray(length)
    return bytes
  }
}

/** A stream that follows from these few bytes alone, whatever else is drawn in the meantime. */
export const drawFrom = (bytes: Buffer): Draw => hmacStream(bytes.toString('hex'), 'drawn from bytes')

/**
 * A source for tests: the same seed gives the same ids and material in the same order. Data keys, random bytes and
 * ivs stay random unless `outputs` asks for them: then the same calls in the same order give the same answers.
 */
export const seededKeySource = (seed: string, outputs: boolean): KeySource => {
  let drawn = hmacStream(seed, 'outputs')
  return {
    seeded: true,
    uuid: (n) => {
      const bytes = hmacStream(seed, `key id ${n}`)(16)
      // Version 4, variant 1 (RFC 9562, section 5.4), as ids that AWS gives look.
      bytes[6] = (bytes[6]! & 0x0f) | 0x40
      bytes[8] = (bytes[8]! & 0x3f) | 0x80
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    },
    material: (n) => hmacStream(seed, `key material ${n}`),
    laterMaterial: (keyId, which) => hmacStream(seed, `later material ${keyId} ${which}`),
    random: outputs ? (length) => drawn(length) : randomOutput,
    ...(outputs && { ivKey: hmacStream(seed, 'ivs')(32) }),
    restart: () => {
      drawn = hmacStream(seed, 'outputs')
    },
  }
}
