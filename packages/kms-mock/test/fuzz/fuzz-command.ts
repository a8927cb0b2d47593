import { argv, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { groundLength } from './run-fuzz.js'
import { supervise } from './supervise.js'

const usage = `npm run fuzz -w packages/kms-mock -- [--cases N] [--seed S] [--first N] [--until N] [--broken SERVER]
  --cases    how many (default 100000)
  --seed     an integer (default 1): the same cases each time, but for what a KMS draws at random (ivs, key pairs)
  --first    number of the first case (default 0)
  --until    this case, which is shown, and those before it on the same KMS
  --broken   a server of test/fuzz/broken-servers.ts instead of ours`

const integer = (name: string, text: string): number => {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new Error(`--${name} must be an integer\n${usage}`)
}

const say = (line: string): void => void stdout.write(`${line}\n`)

/** The command. Resolves to its exit code. */
const fuzzCommand = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      first: { type: 'string', default: '0' },
      until: { type: 'string' },
      broken: { type: 'string' },
    },
  })
  const seed = integer('seed', values.seed)
  const last = values.until === undefined ? undefined : integer('until', values.until)
  const first = last === undefined ? integer('first', values.first) : last - (last % groundLength)
  const cases = last === undefined ? integer('cases', values.cases) : last - first + 1
  say(`seed ${seed}, cases ${first} to ${first + cases - 1}`)
  const task = { seed, first, cases, showLast: last !== undefined, broken: values.broken }
  return (await supervise(task, say)) === 0 ? 0 : 1
}

process.exitCode = await fuzzCommand(argv.slice(2))
