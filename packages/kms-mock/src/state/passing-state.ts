import type { KeyState, KmsKey } from './key.js'

/** Puts a key into a state that passes by itself, at a time in milliseconds since the epoch. */
export const beginPassingState = (key: KmsKey, passing: 'Creating' | 'Updating', at: number): void => {
  key.resumes = { state: key.resumes?.state ?? key.state, at }
  key.state = passing
}

/** Gives a key the state that follows. */
export const endPassingState = (key: KmsKey): void => {
  if (key.resumes !== undefined) key.state = key.resumes.state
  delete key.resumes
}

/** The state of a key but for what passes. */
export const lastingState = (key: KmsKey): KeyState => key.resumes?.state ?? key.state

/**
 * Changes the state of a key, while a passing one lasts: the state that follows it. KMS Developer Guide, key state
 * table, note 12: a key that is Unavailable can be disabled, but stays Unavailable until its key store is back.
 */
export const changeLastingState = (key: KmsKey, state: KeyState): void => {
  if (key.resumes !== undefined || key.state === 'Unavailable') key.resumes = { ...key.resumes, state }
  else key.state = state
}
