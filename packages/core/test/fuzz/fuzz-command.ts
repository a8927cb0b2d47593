import { argv, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { supervise } from './supervise.js'

const usage = `npm run fuzz -w packages/core -- [--cases N] [--seconds N] [--seed S] [--first N] [--only N] [--broken ENGINE]
  --cases    how many (default 100000)
  --seconds  ends the run sooner (default: no bound)
  --seed     an integer (default 1): the same cases each time
  --first    number of the first case (default 0)
  --only     this one case
  --broken   an engine of test/fuzz/broken-engines.ts instead of ours`

function integer(name: string, text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new Error(`--${name} must be an integer\n${usage}`)
}

function say(line: string): void {
  stdout.write(`${line}\n`)
}

/** The command. Resolves to its exit code. */
async function fuzzCommand(args: readonly string[]): Promise<number> {
  const options = {
    cases: { type: 'string', default: '100000' },
    seconds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    only: { type: 'string' },
    broken: { type: 'string' },
  } as const
  const { values } = parseArgs({ args: [...args], options })
  const seed = integer('seed', values.seed)
  const first = integer('first', values.only ?? values.first)
  const cases = values.only === undefined ? integer('cases', values.cases) : 1
  const seconds = values.seconds === undefined ? Infinity : integer('seconds', values.seconds)
  say(`seed ${seed}, cases ${first} to ${first + cases - 1}`)
  const task = { seed, first, cases, seconds, broken: values.broken }
  return (await supervise(task, say)) === 0 ? 0 : 1
}

process.exitCode = await fuzzCommand(argv.slice(2))
