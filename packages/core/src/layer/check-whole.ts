import { InputError } from '../errors.js'

/** The longest delay of a timer, in milliseconds: beyond it, Node's fire at once. */
export const maxTimer = 2 ** 31 - 1

/** An option that counts something. Fails with INVALID_ARGUMENT. */
export function checkWhole(name: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new InputError('INVALID_ARGUMENT', `${name} is an integer from ${least} to ${most}.`)
  return value
}
