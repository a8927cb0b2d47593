import { CliError } from './cli-error.js'

// Parsers of option values. None repeats what was typed: it may be a secret in the wrong place.

/** A whole number from `least` on. */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (!(number >= least)) throw usage(`${option} takes a whole number from ${least} on.`)
    return number
  }
}

/** One of a few words. */
export function oneOf<Word extends string>(option: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text)
    if (word === undefined) throw usage(`${option} takes one of ${words.join(', ')}.`)
    return word
  }
}

/** Pairs of the encryption context, one for each time the option is given. */
export function contextPairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw usage('--context takes KEY=VALUE.')
  const key = text.slice(0, at)
  if (Object.hasOwn(before, key)) throw usage('--context was given twice for one key.')
  return Object.fromEntries([...Object.entries(before), [key, text.slice(at + 1)]])
}

/** `0`, `REVISION` or `REVISION:DIGEST`. */
export interface ExpectedRevision {
  revision: number
  digest: string | undefined
}

export function expectedRevision(text: string): ExpectedRevision {
  const parts = /^(\d{1,12})(?::([0-9a-f]{64}))?$/.exec(text)
  if (!parts) throw usage('--if-revision takes REVISION or REVISION:DIGEST, or 0 for a new name.')
  return { revision: Number(parts[1]), digest: parts[2] }
}

function usage(message: string): CliError {
  return new CliError('USAGE', message)
}
