import { isCaller } from '../caller.js'
import { isFields } from '../is-fields.js'
import type { Fields } from '../is-fields.js'

/** What is wrong with a state; says where, never what stands there. */
export class MalformedStateError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'MalformedStateError'
  }
}

/** Refuses what isn't so. */
export const expect = (ok: boolean, problem: string): void => {
  if (!ok) malformed(problem)
}

/** Refuses. */
export const malformed = (problem: string): never => {
  throw new MalformedStateError(problem)
}

/** An object. */
export const fieldsOf = (value: unknown, where: string): Fields =>
  isFields(value) ? value : malformed(`${where} is not an object`)

/** A list. */
export const listOf = (value: unknown, where: string): unknown[] =>
  Array.isArray(value) ? value : malformed(`${where} is not a list`)

/** A string. */
export const text = (value: unknown, where: string): string =>
  typeof value === 'string' ? value : malformed(`${where} is not a string`)

/** A finite number. */
export const number = (value: unknown, where: string): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : malformed(`${where} is not a number`)

/** A region and an account. */
export const placeOf = (fields: Fields, where: string): { region: string; accountId: string } => {
  const place = {
    region: text(fields['region'], `${where}.region`),
    accountId: text(fields['accountId'], `${where}.accountId`),
  }
  expect(isCaller(place), `${where} has no valid region and account`)
  return place
}

/** One of some names. */
export const oneOf = <T extends string>(names: readonly T[], value: unknown, where: string): T =>
  names.find((name) => name === value) ?? malformed(`${where} has no value that is known`)

/** Bytes, as base64. */
export const bytesOf = (value: unknown, where: string): Buffer => {
  const bytes = Buffer.from(text(value, where), 'base64')
  expect(bytes.toString('base64') === value, `${where} is not base64`)
  return bytes
}
