import { generateMaterial, publicKeyOf } from '#src/cryptography/material.js'
import type { Awaitable } from '#src/cryptography/material.js'
import { isKeySpec, keySpecs } from '#src/cryptography/key-specs.js'
import type { KeySpec, KeySpecRow } from '#src/cryptography/key-specs.js'

const made = new Map<KeySpec, Awaitable<Buffer>>()

/** One key of each spec for all tests, since those of RSA take seconds. */
export const keyOf = async (spec: KeySpec): Promise<Buffer> => {
  const key = made.get(spec) ?? generateMaterial(spec)
  made.set(spec, key)
  return key
}

/** Its public key. */
export const publicOf = async (spec: KeySpec): Promise<Buffer> => publicKeyOf(spec, await keyOf(spec))

/** The names of all specs. */
export const specNames = Object.keys(keySpecs).filter(isKeySpec)

/** A row, by its general type. */
export const rowOf = (spec: KeySpec): KeySpecRow => keySpecs[spec]
