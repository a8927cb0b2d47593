import { argv, stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { runSeeds } from './run-seeds.js'
import { tallyLines } from './tally.js'

const usage = `npm run simulate -w packages/core -- [--first N] [--count N] [--go-on] [--seed N]
  --first  the first seed (default 1); go on from where a run was stopped
  --count  how many seeds (default 10000)
  --go-on  past seeds that break a promise; else the first is the last
  --seed   this one seed`

/** Seeds between two lines of progress. */
const lineEach = 500

function integer(name: string, text: string): number {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  throw new Error(`--${name} must be an integer\n${usage}`)
}

function say(line: string): void {
  stdout.write(`${line}\n`)
}

/** The command. Resolves to its exit code. */
async function simulateCommand(args: readonly string[]): Promise<number> {
  const options = {
    first: { type: 'string', default: '1' },
    count: { type: 'string', default: '10000' },
    'go-on': { type: 'boolean', default: false },
    seed: { type: 'string' },
    help: { type: 'boolean' },
  } as const
  const { values } = parseArgs({ args: [...args], options })
  if (values.help) return (say(usage), 0)
  const first = integer('first', values.seed ?? values.first)
  const count = values.seed === undefined ? integer('count', values.count) : 1
  const began = performance.now()
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1)
  const onProgress = (done: number): void => {
    if (done % lineEach === 0) say(`${done} of ${count} seeds, the next is ${first + done}, ${seconds()} s`)
  }
  const { done, tally, failures } = await runSeeds({ first, count, goOn: values['go-on'], onProgress })
  for (const line of tallyLines(tally)) say(line)
  for (const failure of failures) say(failure)
  say(`${done} seeds from ${first}, ${failures.length} failures, ${seconds()} s`)
  return failures.length > 0 ? 1 : 0
}

process.exitCode = await simulateCommand(argv.slice(2))
