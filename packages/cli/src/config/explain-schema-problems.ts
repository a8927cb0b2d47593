import type { SchemaProblem } from '#schema/validate-config.js'

/** One thing wrong with a configuration. Values are never repeated: one of them may be a key. */
export interface ConfigProblem {
  /** JSON pointer; '' is the whole document. */
  pointer: string
  problem: string
}

/** Say in words what the schema refused and what it allows there. */
export function explainSchemaProblems(problems: readonly SchemaProblem[]): ConfigProblem[] {
  const keyChoice = problems.some(({ keyword }) => keyword === 'oneOf')
  const explained = problems
    // The branches of "keyFile or keyEnv" complain one by one; the choice itself says it better.
    .filter(
      (p) => !(keyChoice && p.keyword === 'required' && keyNames.has(String(p.params['missingProperty']))),
    )
    .map((p) => (explanations[p.keyword] ?? described)(p))
  return explained.filter((e, i) => explained.findIndex((other) => other.pointer === e.pointer) === i)
}

const keyNames: ReadonlySet<string> = new Set(['keyFile', 'keyEnv'])

const types: readonly { under: string; list: string }[] = [
  { under: '/keyring', list: 'kms, raw-aes, local-kms' },
  { under: '/locations', list: 'dynamodb, s3, file' },
]

const explanations: Readonly<Record<string, (problem: SchemaProblem) => ConfigProblem>> = {
  required: (problem) =>
    problem.params['missingProperty'] === 'type'
      ? unknownType(problem)
      : {
          pointer: `${problem.instancePath}/${String(problem.params['missingProperty'])}`,
          problem: 'is missing',
        },
  additionalProperties: ({ instancePath, params, parentSchema }) => ({
    pointer: `${instancePath}/${escapePointer(String(params['additionalProperty']))}`,
    problem: `is not known; allowed are ${Object.keys(parentSchema.properties ?? {}).join(', ')}`,
  }),
  discriminator: unknownType,
  oneOf: ({ instancePath }) => ({
    pointer: instancePath,
    problem: 'must have either keyFile or keyEnv, and not both',
  }),
  enum: ({ instancePath, params }) => ({
    pointer: instancePath,
    problem: `must be one of ${String(params['allowedValues']).replaceAll(',', ', ')}`,
  }),
  type: (problem) =>
    problem.parentSchema.description === undefined
      ? { pointer: problem.instancePath, problem: `must be of type ${String(problem.params['type'])}` }
      : described(problem),
}

function unknownType({ instancePath }: SchemaProblem): ConfigProblem {
  const list = types.find(({ under }) => instancePath.startsWith(under))?.list
  return { pointer: `${instancePath}/type`, problem: `must be one of ${list}` }
}

function described({ instancePath, keyword, parentSchema }: SchemaProblem): ConfigProblem {
  return { pointer: instancePath, problem: `must be ${parentSchema.description ?? `valid (${keyword})`}` }
}

// RFC 6901, section 3.
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
