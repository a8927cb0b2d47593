import { inputs } from '#src/model/inputs.generated.js'
import { isObject, put, rawToken, sitesOf } from './json.js'
import type { Json, JsonObject, Site } from './json.js'
import type { Random } from './random.js'

const memberNames = [...new Set(Object.values(inputs).flatMap(({ members }) => Object.keys(members)))]
const oddNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  '0',
  '',
  '\0',
  'keyId',
  '🌍',
]

const nested = (random: Random, value: Json): Json => {
  let result = value
  for (let depth = random.pick([1, 2, 30, 500]); depth > 0; depth -= 1) {
    result = random.chance(0.5) ? [result] : { KeyId: result }
  }
  return result
}

const isLeaf = (value: Json): boolean => typeof value !== 'object'

/** A value of any type. */
export const anyValue = (random: Random, given: Json): Json => {
  // A copy: what stands in two places of a document could be put into itself.
  const value = structuredClone(given)
  return random.pick<() => Json>([
    () => null,
    () => true,
    () => false,
    () => 0,
    () => -1,
    () => 1.5,
    () =>
      rawToken(
        random.pick([
          '1e400',
          '-1e400',
          '9007199254740993',
          '-0',
          '1E-400',
          '123456789012345678901234567890',
        ]),
      ),
    () => '',
    () => JSON.stringify(value),
    () => [],
    () => ({}),
    () => [value],
    () => [value, null, structuredClone(value)],
    () => ({ KeyId: value }),
    () => ({ value, type: 'Buffer', data: [1, 2, 3] }),
    () => nested(random, value),
    () =>
      Array.from({ length: random.pick([2, 11, 51, 1001, 20_000]) }, () => (isLeaf(value) ? value : null)),
  ])()
}

const remove = ({ container, name }: Site): void => {
  if (Array.isArray(container)) container.splice(Number(name), 1)
  else Reflect.deleteProperty(container, name)
}

const objectsOf = (input: JsonObject): JsonObject[] => [
  input,
  ...sitesOf(input)
    .map(({ value }) => value)
    .filter((value) => isObject(value)),
]

type Mutation = (random: Random, input: JsonObject, site: Site | undefined) => string | undefined

const atSite =
  (what: string, change: (random: Random, site: Site) => void): Mutation =>
  (random, _input, site) => {
    if (site === undefined) return undefined
    change(random, site)
    return `${what} ${site.name}`
  }

const mutations: readonly Mutation[] = [
  atSite('null for', (_random, { container, name }) => put(container, name, null)),
  atSite('without', (_random, site) => remove(site)),
  atSite('another type for', (random, { container, name, value }) =>
    put(container, name, anyValue(random, value)),
  ),
  atSite('another type for', (random, { container, name, value }) =>
    put(container, name, anyValue(random, value)),
  ),
  (random, input) => {
    const name = random.pick(random.chance(0.6) ? memberNames : oddNames)
    const given = random.pick([...Object.values(input), 'x'])
    put(random.pick(objectsOf(input)), name, anyValue(random, given))
    return `with ${JSON.stringify(name)}`
  },
  (random, input, site) => {
    if (site === undefined) return undefined
    remove(site)
    put(random.pick(objectsOf(input)), random.pick(memberNames), site.value)
    return `${site.name} elsewhere`
  },
  atSite('a list for the map', (_random, { container, name, value }) =>
    put(
      container,
      name,
      isObject(value) ? Object.entries(value).map(([Key, Value]) => ({ Key, Value })) : [value],
    ),
  ),
  atSite('many entries in', (random, { container, name }) => {
    const entries = Array.from({ length: random.pick([1, 50, 3000]) }, (_value, n): [string, Json] => [
      `k${n}`,
      `v${n}`,
    ])
    put(container, name, Object.fromEntries([...entries, ['__proto__', 'x']]))
  }),
  (random, _input, site) => {
    if (site === undefined || Array.isArray(site.container)) return undefined
    remove(site)
    const name = String(site.name)
    put(
      site.container,
      random.pick([name.toLowerCase(), ` ${name}`, `${name}\0`, name.toUpperCase()]),
      site.value,
    )
    return `another case of ${name}`
  },
]

/** Changes what a document consists of; tells what was done. */
export const mutateStructure = (random: Random, input: JsonObject): string | undefined => {
  const sites = sitesOf(input)
  return random.pick(mutations)(random, input, sites.length === 0 ? undefined : random.pick(sites))
}
