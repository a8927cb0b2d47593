import type { KmsKey } from './key.js'

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
