// Side by side in one run: our engine, client-node, and a bare node:crypto program that does the same cryptography.
// node packages/core/bench/envelope.mjs [seconds for each cell, default 1] [--only=text of the rows wanted] [--check]
// The claim is the ratios; absolute numbers are of this machine, at this moment. --check fails where one is missed.
import { buildClient as buildOracle } from '@aws-crypto/client-node'
import { buildClient } from '@sealring/core/envelope'
import { largeMessages } from './large-messages.mjs'
import { figure, measure, row } from './measure.mjs'
import { smallMessages } from './small-messages.mjs'

const check = process.argv.includes('--check')
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length) ?? ''
const seconds = Number(process.argv.find((argument) => /^[0-9.]+$/.test(argument)) ?? 1)
const client = buildClient()
const oracle = buildOracle()
const directions = ['encrypt', 'decrypt']
let missed = 0

function verdict(value, target) {
  if (target === undefined) return ''
  if (value >= target) return `≥ ${target}`
  missed += 1
  return `! < ${target}`
}

const rowName = (direction, { what }) => `${direction} ${what}`

async function runsOf(item, direction) {
  const { suiteId, ours, theirs, plaintext, frameLength } = item
  const options = { suiteId, frameLength }
  if (direction === 'encrypt') {
    return [
      () => client.encrypt(ours, plaintext, options),
      // client-node changes the options that it is given.
      () => oracle.encrypt(theirs, plaintext, { ...options }),
    ]
  }
  const { result } = await client.encrypt(ours, plaintext, options)
  return [() => client.decrypt(ours, result), () => oracle.decrypt(theirs, result)]
}

async function report(item, { rounds }) {
  for (const direction of directions) {
    if (!rowName(direction, item).includes(only)) continue
    const runs = await runsOf(item, direction)
    const bare = item.bare?.[direction]
    if (bare !== undefined) runs.push(bare)
    const [our, their, ceiling] = await measure(runs, { seconds, rounds, callers: item.callers })
    const ratio = our / their
    const share = ceiling && (100 * our) / ceiling
    row(
      rowName(direction, item),
      figure(our),
      figure(their),
      figure(ceiling),
      figure(ratio),
      verdict(ratio, item.target[direction]),
      share === undefined ? '–' : `${share.toFixed(0)} %`,
      share === undefined ? '' : verdict(share, item.ofBare),
    )
  }
}

const heads = ['ours /s', 'client-node', 'bare', '× client-node', 'target', '% of bare', 'target']
row('1 KB', ...heads)
for (const item of smallMessages) await report(item, { rounds: 5 })
row('128 MB', ...heads)
for (const large of largeMessages) {
  const wanted = directions.some((direction) => rowName(direction, large).includes(only))
  if (wanted) await report({ what: large.what, ...large.prepare() }, { rounds: 3 })
}
console.log(missed === 0 ? 'every target is met' : `${missed} targets are missed`)
if (check && missed > 0) process.exitCode = 1
