import type { ValueOf } from '../validation/shape.js'
import type { inputs } from './inputs.generated.js'

/** The name of an operation of the KMS API. */
export type OperationName = keyof typeof inputs

/** The input of an operation, decoded and validated. */
export type Input<N extends OperationName> = ValueOf<(typeof inputs)[N]>
