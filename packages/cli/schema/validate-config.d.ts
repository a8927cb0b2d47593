import type { Config } from '../src/config/config.js'

/** One error of ajv with `verbose`. `data` is never shown: a configuration may hold what it should not. */
export interface SchemaProblem {
  /** JSON pointer of the value that was refused. */
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly parentSchema: {
    readonly description?: string
    readonly properties?: Readonly<Record<string, unknown>>
  }
}

/** Whether a value is a valid sealring.config.json; if not, `errors` says why. */
export declare const validate: {
  (value: unknown): value is Config
  errors?: readonly SchemaProblem[] | null
}
