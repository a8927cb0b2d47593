import { serverFaults } from '#src/fault-match.js'
import { notProvoked, provoked } from '../declared-errors/declared-errors.js'
import { quotaErrors } from '../declared-errors/quotas.js'
import { effects } from '../effects/effects.js'
import { declaredBy } from '../support/declared-by.js'
import { installedOperations } from '../support/installed-operations.js'
import { keyKinds } from '../support/key-kinds.js'
import { transports } from '../support/transports.js'

/** A table as prettier would have it. */
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => row[column]!.length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  return [header, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n')
}

const namesOf = (errors: object | undefined): string[] => Object.keys(errors ?? {})

const operationRow = (operation: string): string[] => {
  const client = declaredBy(operation, 'client')
  const server = declaredBy(operation, 'server')
  const thrown = [...namesOf(provoked[operation]), ...namesOf(quotaErrors[operation])]
  const injected = server.filter((name) => serverFaults.some((fault) => fault === name))
  return [
    operation,
    ...transports.map(() => (Object.hasOwn(effects, operation) ? 'yes' : 'no')),
    `${client.filter((name) => thrown.includes(name)).length} of ${client.length}`,
    `${injected.length} of ${server.length}`,
  ]
}

/** `A_SHA_256, A_SHA_384` → `A_SHA_256/384`. */
const shortened = (algorithms: readonly string[]): string => {
  const bySizes = new Map<string, string[]>()
  for (const name of algorithms) {
    const [, family, size] = /^(.*_)(\d+)$/.exec(name) ?? ['', name, '']
    bySizes.set(family, [...(bySizes.get(family) ?? []), size])
  }
  return [...bySizes].map(([family, sizes]) => family + sizes.join('/')).join(', ')
}

/** One item for each reason, with the pairs that it is the reason of. */
const notProvokedList = (): string => {
  const items = new Map<string, string[]>()
  for (const [operation, errors] of Object.entries(notProvoked)) {
    for (const [name, { why, see }] of Object.entries(errors)) {
      const item = `${name}: ${why} ([AWS](${see}))`
      items.set(item, [...(items.get(item) ?? []), operation])
    }
  }
  return [...items].map(([item, names]) => `- ${names.join(', ')}, ${item}`).join('\n')
}

/** What the tests cover, out of the tables that they run on: Markdown for the README. */
export const coverageTables = (): string =>
  [
    `### The ${installedOperations.length} operations`,
    [
      'Called through the unmodified client, each answer held against AWS’s model, its effect seen in a further call; declared',
      'errors caught as their class.',
    ].join('\n'),
    table(
      ['Operation', ...transports.map(({ transport }) => transport), 'Client errors', 'Server faults'],
      installedOperations.map(operationRow),
    ),
    'Declared, but nothing provokes them:',
    notProvokedList(),
    `### The ${new Set(keyKinds.map(({ spec }) => spec)).size} key specs`,
    table(
      ['Key spec', 'Usage', 'Algorithms', 'Where'],
      keyKinds.map(({ spec, usage, algorithms, region }) => [
        spec,
        usage,
        shortened(algorithms),
        region.startsWith('cn-') ? 'China' : '',
      ]),
    ),
  ].join('\n\n')
