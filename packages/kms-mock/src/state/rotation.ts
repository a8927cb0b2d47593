import { dayInMilliseconds } from '../clock.js'
import type { KeySource } from '../key-source.js'
import { keyMaterial } from './key.js'
import type { KmsKey, MaterialRotation } from './key.js'
import { relatedKeys } from './state.js'
import type { KmsState } from './state.js'

/** When automatic rotation is due. It pauses while the key is disabled or pending deletion. */
export const nextRotation = ({ state, rotation }: KmsKey): number | undefined =>
  state === 'Enabled' || state === 'Updating' ? rotation?.nextAt : undefined

/** Begins automatic rotation, or begins it anew. */
export const scheduleRotation = (key: KmsKey, from: number, periodInDays: number): void => {
  key.rotation = { periodInDays, nextAt: from + periodInDays * dayInMilliseconds }
}

/**
 * What a pause means for automatic rotation (API Reference, GetKeyRotationStatus): a rotation that was missed happens
 * at once, and the period begins anew; otherwise the schedule stays.
 */
export const resumeRotation = (key: KmsKey, now: number): void => {
  if (key.rotation !== undefined && key.rotation.nextAt < now) key.rotation = { ...key.rotation, nextAt: now }
}

/** Makes pending material the current one, or else fresh material, in every related key. */
export const rotateKey = (
  state: KmsState,
  key: KmsKey,
  rotation: MaterialRotation,
  keySource: KeySource,
): void => {
  const related = relatedKeys(state, key)
  if (key.origin === 'EXTERNAL') {
    for (const { materials } of related) {
      for (const material of materials) {
        if (material.pending !== true) continue
        delete material.pending
        material.rotation = rotation
      }
    }
    return
  }
  const bytes = keySource.laterMaterial(key.keyId, `rotation ${key.materials.length}`)(32)
  const material = keyMaterial(bytes)
  // Each key wipes its own bytes when it is deleted.
  for (const one of related) {
    one.materials.push({ ...material, bytes: Buffer.from(bytes), rotation })
  }
  bytes.fill(0)
}

/** Rotates a key whose time has come, and schedules the next time. */
export const rotateAutomatically = (state: KmsState, key: KmsKey, at: number, keySource: KeySource): void => {
  rotateKey(state, key, { at, type: 'AUTOMATIC' }, keySource)
  if (key.rotation !== undefined) scheduleRotation(key, at, key.rotation.periodInDays)
}
