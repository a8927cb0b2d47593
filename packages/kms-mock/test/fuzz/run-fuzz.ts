import { createKms } from '@sealring/kms-mock'
import type { Kms, KmsServer, ListenOptions } from '@sealring/kms-mock'
import { createCorpus } from './corpus.js'
import type { Corpus } from './corpus.js'
import { createLine } from './exchange.js'
import type { Line, Outcome } from './exchange.js'
import { createGround, groundOptions } from './ground.js'
import { bytesOf, sdkRequest } from './http-request.js'
import { faultsOf, isBlank, kindOf } from './judge.js'
import { hasMark } from './marks.js'
import { makeCase } from './make-case.js'
import type { FuzzCase } from './make-case.js'
import { heldMemory } from './memory.js'

/** After so many cases, a valid call must succeed, and memory is looked at. */
export const blockLength = 1000
/** After so many, the KMS begins anew, so that there is always a key left that nothing has befallen. */
export const groundLength = 250

export const transports = ['fast', 'node'] as const
type Transport = (typeof transports)[number]

/** Something that must not be. */
export interface Finding {
  readonly what: string
  /** Where: undefined for what no single case did. */
  readonly fuzzCase?: FuzzCase | undefined
  readonly transport?: Transport | undefined
}

export interface FuzzOptions {
  readonly seed: number
  readonly cases: number
  /** Number of the first case; the KMS begins anew at multiples of {@link groundLength}. Default 0. */
  readonly first?: number
  /** How the KMS is served. Default: by its own `listen`. */
  readonly listen?: (kms: Kms, options: ListenOptions) => Promise<KmsServer>
  /** How long an answer may take. Default 60,000: a key pair of RSA, on a busy machine. */
  readonly milliseconds?: number
  /** After so many cases a valid call must succeed, and memory is looked at. Default {@link blockLength}. */
  readonly block?: number
  /** How much may be held more than after the first block. Default 16 MiB. */
  readonly growthBytes?: number
  /** After so many findings of different kinds the run ends. Default 20. */
  readonly maxFindings?: number
  /** Ends the run as soon as this is found. */
  readonly until?: RegExp
  readonly onCase?: (fuzzCase: FuzzCase) => void
  readonly onFinding?: (finding: Finding) => void
}

export interface FuzzReport {
  readonly cases: number
  readonly seconds: number
  /** The first of each kind. */
  readonly findings: readonly Finding[]
  /** How often each of them came. */
  readonly repeated: ReadonlyMap<string, number>
  /** How often each answer came: by operation, then by status or error. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Operations without an example of their own. */
  readonly fallbacks: readonly string[]
  /** Requests that were dropped because their connection was ended behind them, and sent again without that. */
  readonly askedAgain: number
  readonly validCalls: number
  /** Bytes held after each block. */
  readonly memory: readonly number[]
}

const firstLine = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

const fallbacksOf = ({ operations }: Corpus): string[] =>
  operations.filter(({ entries }) => entries.some(({ isFallback }) => isFallback)).map(({ name }) => name)

/** Runs cases one after the other, over HTTP, through both transports in turn. */
export const runFuzz = async (options: FuzzOptions): Promise<FuzzReport> => {
  const {
    seed,
    cases,
    first = 0,
    milliseconds = 60_000,
    growthBytes = 16 * 2 ** 20,
    maxFindings = 20,
    block = blockLength,
  } = options
  const listen = options.listen ?? ((kms, listenOptions) => kms.listen(listenOptions))
  const findings: Finding[] = []
  const counts = new Map<string, Map<string, number>>()
  const memory: number[] = []
  const repeated = new Map<string, number>()
  let fallbacks: string[] = []
  let askedAgain = 0
  let validCalls = 0
  let current: FuzzCase | undefined

  const find = (finding: Finding): void => {
    repeated.set(finding.what, (repeated.get(finding.what) ?? 0) + 1)
    if (repeated.get(finding.what)! > 1) return
    findings.push(finding)
    options.onFinding?.(finding)
  }
  const isEnough = (): boolean =>
    findings.length >= maxFindings || findings.some(({ what }) => options.until?.test(what))
  const count = (operation: string, kind: string): void => {
    const row = counts.get(operation) ?? new Map<string, number>()
    counts.set(operation, row.set(kind, (row.get(kind) ?? 0) + 1))
  }

  const kms = createKms(groundOptions)
  const log = (entry: object): void => {
    if (hasMark(JSON.stringify(entry))) find({ what: 'the log repeats a secret', fuzzCase: current })
  }
  const servers = await Promise.all(transports.map((transport) => listen(kms, { transport, log })))
  const lines = servers.map(({ port }) => createLine(port, milliseconds))
  const held = heldMemory()

  /** What succeeds on any KMS that works, whatever others have done to its keys. */
  const validCall = async (): Promise<void> => {
    for (const [n, line] of lines.entries()) {
      const ask = async (operation: string, input: Record<string, string>): Promise<string> => {
        const { answers } = await line.ask(bytesOf(sdkRequest(operation, input)))
        const [answer] = answers
        if (answer?.status === 200) return answer.body
        find({ what: `a valid ${operation} fails: ${answer?.body ?? 'no answer'}`, transport: transports[n] })
        return '{}'
      }
      const keyId = /"KeyId":"([^"]+)"/.exec(await ask('CreateKey', {}))?.[1] ?? ''
      const Plaintext = Buffer.from('valid').toString('base64')
      const sealed =
        /"CiphertextBlob":"([^"]+)"/.exec(await ask('Encrypt', { KeyId: keyId, Plaintext }))?.[1] ?? ''
      if (!(await ask('Decrypt', { CiphertextBlob: sealed })).includes(`"${Plaintext}"`)) {
        find({ what: 'what was encrypted does not come back', transport: transports[n] })
      }
      validCalls += 1
    }
  }

  const askOddly = async (line: Line, bytes: Buffer, isHead: boolean): Promise<Outcome> => {
    const outcome = await line.askAlone(bytes, true, isHead)
    if (outcome.answers.length > 0 || outcome.end === 'late' || isBlank(bytes)) return outcome
    // node:http drops what it hasn't answered yet when the other side ends the connection.
    askedAgain += 1
    return line.askAlone(bytes, false, isHead)
  }

  const runCase = async (fuzzCase: FuzzCase): Promise<void> => {
    const { number, base, request, bytes, isAdministration } = fuzzCase
    const transport = number % transports.length
    const line = lines[transport]!
    const isHead = request.method === 'HEAD'
    const outcome = await (request.isOddlyFramed ? askOddly(line, bytes, isHead) : line.ask(bytes, isHead))
    for (const what of faultsOf(fuzzCase, outcome)) find({ what, fuzzCase, transport: transports[transport] })
    for (const answer of outcome.answers) count(base, kindOf(answer))
    if (isAdministration) kms.faults.clear()
  }

  const onFailure = (error: unknown): void =>
    find({ what: `nobody caught ${firstLine(error)}`, fuzzCase: current })
  process.on('unhandledRejection', onFailure).on('uncaughtException', onFailure)
  const began = performance.now()
  let done = 0
  try {
    while (done < cases && !isEnough()) {
      await kms.reset()
      const corpus = await createCorpus(createGround(kms))
      const end = Math.min(cases, done + groundLength - ((first + done) % groundLength))
      for (; done < end && !isEnough(); done += 1) {
        current = makeCase(corpus, seed, first + done)
        options.onCase?.(current)
        await runCase(current)
      }
      current = undefined
      fallbacks = fallbacksOf(corpus)
      if ((first + done) % block !== 0 && done < cases) continue
      await validCall()
      await kms.reset()
      memory.push(held())
      const growth = memory.at(-1)! - memory[0]!
      if (growth > growthBytes) {
        find({ what: `memory grew by ${growth} bytes in ${done} cases` })
        break
      }
    }
  } finally {
    process.off('unhandledRejection', onFailure).off('uncaughtException', onFailure)
    for (const line of lines) line.close()
    await Promise.all(servers.map((server) => server.close()))
  }
  const seconds = (performance.now() - began) / 1000
  return { cases: done, seconds, findings, repeated, counts, fallbacks, askedAgain, validCalls, memory }
}
